package import Values

extension QueueRule {
    /// The members it is stored as; times in milliseconds since 1970.
    package var value: Value {
        var limit: Int?
        if case .limit(let count) = action { limit = count }
        var subject: Value?
        if case .maintenance(let place) = action { subject = place.value }
        if case .silence(let finding) = action { subject = finding.value }
        return .members([
            "number": .int(number), "action": .string(action.name), "limit": limit.map(Value.int),
            "subject": subject, "match": match.value, "order": .int(order), "owner": .string(owner),
            "user": .string(user),
            "reason": reason.map(Value.string), "at": at.value, "expires_at": expiresAt?.value,
        ])
    }

    /// The rule stored members describe, `nil` when a member that always exists is absent or not understood.
    package init?(_ value: Value) {
        guard let number = value["number"]?.int, let name = value["action"]?.string,
            let action = Action(stored: name, of: value), let owner = value["owner"]?.string,
            let user = value["user"]?.string, let at = value["at"].flatMap({ Timestamp($0) })
        else { return nil }
        self.init(number: number, action: action, user: user, at: at)
        self.owner = owner
        match = Match(value["match"] ?? [:])
        order = value["order"]?.int ?? Self.usualOrder
        reason = value["reason"]?.string
        expiresAt = value["expires_at"].flatMap { Timestamp($0) }
    }
}

extension QueueRule.Action {
    fileprivate init?(stored name: String, of rule: Value) {
        if name == "silence" {
            guard let subject = rule["subject"].flatMap({ SilencedFinding.Subject($0) }) else { return nil }
            self = .silence(subject)
        } else if name == "maintenance" {
            guard let subject = rule["subject"].flatMap({ Maintenance.Subject($0) }) else { return nil }
            self = .maintenance(subject)
        } else {
            self.init(name, limit: rule["limit"]?.int)
        }
    }

    /// The action of a word, `nil` for another word, or a limit without its number. A limit of none, as rules of former
    /// times may have it, is a pause.
    package init?(_ name: String, limit: Int?) {
        switch (name, limit) {
        case ("pause", _): self = .pause
        case ("reject", _): self = .reject
        case ("accept", _): self = .accept
        case ("limit", let limit?): self = limit < QueueRule.limits.lowerBound ? .pause : .limit(limit)
        default: return nil
        }
    }
}

extension QueueRule.Match {
    /// The members on the wire; what is empty is absent.
    package var value: Value {
        .members([
            "type": types.isEmpty ? nil : .strings(types), "mode": mode.map { .string($0.rawValue) },
            "user": users.isEmpty ? nil : .strings(users), "after_job": after.map { .string($0.description) },
        ])
    }

    /// What is absent holds for every job.
    package init(_ value: Value) {
        types = value["type"]?.list?.compactMap(\.string) ?? []
        mode = value["mode"]?.string.flatMap(JobMode.init)
        users = value["user"]?.list?.compactMap(\.string) ?? []
        after = value["after_job"]?.string.flatMap { JobID($0) }
    }
}

extension Maintenance.Subject {
    /// The members on the wire.
    package var value: Value {
        switch self {
        case .node(let node): ["node": .int(node)]
        case .database(let name): ["database": .string(name)]
        }
    }

    /// - Returns: `nil` for what is none.
    init?(_ value: Value) {
        if let node = value["node"]?.int {
            self = .node(node)
        } else if let name = value["database"]?.string {
            self = .database(name)
        } else {
            return nil
        }
    }
}
