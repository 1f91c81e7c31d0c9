import Gateway
import JobEngine
import Values

/// A rule as an administrator describes it in the body of a request.
struct QueueRuleRequest {
    private var action = QueueRule.Action.pause
    private var match = QueueRule.Match()
    private var order: Int?
    private var owner: String?
    private var reason: String?
    private var end: Timestamp?

    static let ownerLength = 1...100

    /// - Throws: ``Problem`` with a fault for each member that is unknown, missing or unusable.
    init(_ body: Value?) throws(Problem) {
        var reader = BodyReader(body)
        let name = reader.text("action", isMandatory: true)
        let limit = reader.int("limit")
        let conditions = reader.map("match") ?? [:]
        order = reader.int("order")
        owner = reader.text("owner")
        reason = reader.reason()
        let moment = reader.text("expires_at")
        end = moment.flatMap(Query.time)
        if moment != nil, end == nil { reader.refuse("expires_at", "give a time as in 2026-01-02T03:04:05Z.") }
        if let order, !QueueRule.orders.contains(order) {
            reader.refuse("order", "0 to \(QueueRule.orders.upperBound) is allowed.")
        }
        if let owner, !Self.ownerLength.contains(owner.unicodeScalars.count) {
            reader.refuse("owner", "1 to \(Self.ownerLength.upperBound) characters are allowed.")
        }
        if let name {
            action = Self.action(name, limit: limit, in: &reader)
            if (name == "limit") != (body?["limit"] != nil) {
                reader.refuse(
                    "limit", "it says how many jobs may be on their way, and stands with the action 'limit' alone.")
            }
        }
        match = Self.match(conditions, &reader)
        try reader.finish()
    }

    func rule(by user: String, at now: Int64) -> QueueRule {
        var rule = QueueRule(number: 0, action: action, user: user, at: Timestamp(milliseconds: Int(now)))
        rule.match = match
        if let order { rule.order = order }
        if let owner { rule.owner = owner }
        rule.reason = reason
        rule.expiresAt = end
        return rule
    }

    private static func action(_ name: String, limit: Int?, in reader: inout BodyReader) -> QueueRule.Action {
        if !QueueRule.Action.names.contains(name) {
            reader.refuse("action", "give one of \(QueueRule.Action.names.joined(separator: ", ")).")
        }
        if let limit, !QueueRule.limits.contains(limit) {
            reader.refuse(
                "limit",
                "1 to \(QueueRule.limits.upperBound) is allowed; with the action 'pause' no job of the rule begins.")
        }
        return QueueRule.Action(name, limit: limit) ?? .pause
    }

    private static func match(_ members: [String: Value], _ reader: inout BodyReader) -> QueueRule.Match {
        let known = ["type", "mode", "user", "after_job"]
        for name in members.keys.sorted() where !known.contains(name) {
            reader.refuse("match/\(name.echoed)", "it is no member here; known: \(known.joined(separator: ", ")).")
        }
        for name in ["type", "user"] {
            guard let value = members[name] else { continue }
            let texts = value.list?.compactMap(\.string)
            if texts == nil || texts?.count != value.list?.count || texts?.count ?? 0 > 100 {
                reader.refuse("match/\(name)", "give a list of at most 100 strings.")
            }
        }
        if let mode = members["mode"], mode.string.flatMap(JobMode.init) == nil {
            reader.refuse("match/mode", "give one of read, modify.")
        }
        if let job = members["after_job"], job.string.flatMap({ JobID($0) }) == nil {
            reader.refuse("match/after_job", "it is no id of a job, as in 11.89.")
        }
        return QueueRule.Match(.map(members))
    }
}
