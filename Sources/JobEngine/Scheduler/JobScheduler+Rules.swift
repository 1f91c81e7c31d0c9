package import Access
import Logging

/// Rules of administrators on which jobs are taken and which may begin.
extension JobScheduler {
    /// The rules in force, in the order they are looked at.
    package var queueRules: [QueueRule] { rules.all }

    /// How many jobs may be open; more are refused.
    package nonisolated var queueLimit: Int { settings.queueLimit }

    /// Puts a rule in force; it is durable on return.
    ///
    /// - Parameter rule: Its number is given here.
    /// - Throws: ``JobError/Code/parameterInvalid`` for a time that has passed, or when there are too many rules.
    package func addRule(_ rule: QueueRule) async throws(JobError) -> QueueRule {
        if let end = rule.expiresAt, end <= now {
            let text = "The rule would have ended already: 'expires_at' lies in the past."
            throw JobError(
                .parameterInvalid, text, faults: [.init(pointer: "/expires_at", code: .parameterInvalid, text: text)])
        }
        if rules.all.count >= Self.mostRules {
            throw JobError(.parameterInvalid, "There are \(rules.all.count) rules; take some away first.")
        }
        var rule = rule
        rule.number = try await JobError.wrapping { () async throws(StoreError) in try await numbers.next() }
        var write = StoreWrite()
        write.rules = [rule]
        let addition = write
        try await asking { (store) throws(StoreError) in try await store.apply(addition) }
        enforce(rule)
        events.publish([.queueRules(user: rule.user)])
        logger.notice("queue rule made", metadata: ["rule": "\(rule.id)", "principal": "\(rule.user)"])
        return rule
    }

    /// Takes a rule away; nothing that is queued, drained or paused is in the way of that.
    ///
    /// - Returns: The rule as it was.
    /// - Throws: ``JobError/Code/ruleNotFound``, ``JobError/Code/permissionDenied`` unless the principal made it or is
    ///   root.
    package func removeRule(_ number: Int, by principal: Principal) async throws(JobError) -> QueueRule {
        guard let rule = rules[number] else { throw JobError(.ruleNotFound, "There is no rule r\(number).") }
        guard principal.isRoot || principal.name == rule.user else {
            throw JobError(
                .permissionDenied, "Rule \(rule.id) was made by '\(rule.user)': only he and root may take it away.")
        }
        try await asking { (store) throws(StoreError) in try await store.apply(Self.removal(of: number)) }
        forget(number)
        events.publish([.queueRules(user: principal.name)])
        logger.notice("queue rule removed", metadata: ["rule": "\(rule.id)", "principal": "\(principal.name)"])
        return rule
    }

    /// Takes up the rules that were in force when the daemon stopped.
    func takeUp(_ stored: [QueueRule]) {
        for rule in stored { enforce(rule) }
    }

    /// Takes away a rule whose time is over; tries again while the store fails.
    func endRule(_ number: Int) async {
        while let rule = rules[number], !isDraining {
            do throws(StoreError) {
                try await store.apply(Self.removal(of: number))
                forget(number)
                events.publish([.queueRules(user: rule.user)])
                logger.notice("queue rule ended", metadata: ["rule": "r\(number)"])
            } catch {
                logger.error("queue rule could not be removed", metadata: ["rule": "r\(number)", "cause": "\(error)"])
                await time.sleep(until: time.monotonic + .seconds(1))
            }
        }
    }

    /// Refuses a new job a rule keeps out.
    func refuseDrained(_ record: JobRecord) throws(JobError) {
        guard let rule = rules.rejection(of: record) else { return }
        let reason = rule.reason.map { ": \($0)" } ?? ""
        throw JobError(
            .draining, "Rule \(rule.id) of \(rule.owner) takes no such jobs now\(reason).",
            details: ["rule_id": .string(rule.id)])
    }

    private func enforce(_ rule: QueueRule) {
        rules.insert(rule)
        if let end = rule.expiresAt { set(.rule(rule.number), at: end) }
        reconsider()
    }

    private func forget(_ number: Int) {
        rules.remove(number)
        deadlines.remove(.rule(number))
        rearm()
        reconsider()
    }

    private static func removal(of number: Int) -> StoreWrite {
        var write = StoreWrite()
        write.removedRules = [number]
        return write
    }

    private static let mostRules = 1000
}
