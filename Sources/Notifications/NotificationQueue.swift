/// Everything that waits to be told, by target: what rules admit goes into the backlog of each target they name.
///
/// Pure, and kept as a whole: what waited when the daemon ended is told after the next start.
package struct NotificationQueue: Sendable {
    /// What outlives the daemon.
    package struct Kept: Codable, Sendable, Hashable {
        var backlogs: [String: DeliveryBacklog] = [:]
        var findings = ToldFindings()
    }

    /// In the order of the settings.
    let targets: [NotificationTarget]
    private let rules: [NotificationRule]
    private var gate = RepetitionGate()
    /// What outlives the daemon.
    private(set) var kept = Kept()

    /// - Parameter rules: A target no rule names is told everything from a warning on.
    package init(_ targets: [NotificationTarget], rules: [NotificationRule]) {
        self.targets = targets
        let named = Set(rules.map(\.target))
        self.rules =
            rules + targets.filter { !named.contains($0.name) }.map { NotificationRule(everythingFor: $0.name) }
        for target in targets { kept.backlogs[target.name] = DeliveryBacklog() }
    }

    /// Takes up what was kept, as far as there are the same targets.
    mutating func restore(_ former: Kept) {
        kept.findings = former.findings
        for target in targets { kept.backlogs[target.name] = former.backlogs[target.name] ?? DeliveryBacklog() }
    }

    /// The backlog of a target.
    package func backlog(_ target: String) -> DeliveryBacklog { kept.backlogs[target] ?? DeliveryBacklog() }

    /// Takes a notice for every target that is to be told of it.
    ///
    /// - Returns: The targets.
    @discardableResult
    package mutating func take(_ notice: Notice, at now: Int) -> [String] {
        guard kept.findings.admits(notice) else { return [] }
        if notice.kind == .failed, !gate.admits(notice, of: notice.topic, at: now) { return [] }
        return put(notice, at: now)
    }

    /// Takes what stands in for notices that were held back.
    ///
    /// - Returns: The targets that are told of some.
    mutating func settle(at now: Int) -> Set<String> {
        Set(gate.over(at: now).flatMap { put($0, at: now) })
    }

    /// When ``settle(at:)`` has something to do; `nil` for never.
    var nextSettling: Int? { gate.next }

    /// Changes the backlog of a target.
    mutating func change(_ target: String, _ work: (inout DeliveryBacklog) -> Void) {
        work(&kept.backlogs[target, default: DeliveryBacklog()])
    }

    private mutating func put(_ notice: Notice, at now: Int) -> [String] {
        let names = Set(rules.filter { $0.admits(notice) }.map(\.target))
        let told = targets.map(\.name).filter(names.contains)
        for name in told { change(name) { $0.take(notice, at: now) } }
        return told
    }
}
