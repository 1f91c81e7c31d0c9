import NIOHTTP1
import Values

extension Session {
    static let ruleColumns = ["rule_id", "action", "expires_at", "user", "jobs", "reason"]
    static let ruleNames = ["action", "limit", "type", "mode", "user", "after_job", "order", "owner", "until"]

    /// Lists the rules of the queue, makes one or takes some away.
    func rules() async throws(Failure) {
        let order = try Order(line, names: line.words.first == "add" ? Self.ruleNames : [])
        switch order.words.first {
        case nil, "list":
            let items = try await daemon.value(.GET, "/queue/rules")["items"]?.list ?? []
            try show(items, in: Self.ruleColumns, row: Self.row(ofRule:))
        case "add":
            let made = try await daemon.value(.POST, "/queue/rules", body: try rule(order))
            if line.form == nil { return Terminal.write("\(made["rule_id"]?.string ?? "")\n") }
            try show(made)
        case "remove": try await remove(try order.named("ids of rules, as r12"), at: "/queue/rules")
        default: throw order.unknown(["list", "add", "remove"])
        }
    }

    /// The rule these words describe, as the daemon takes it.
    func rule(_ order: Order) throws(Failure) -> Value {
        guard let action = order.words.count > 1 ? order.words[1] : try order.text("action") else {
            throw .usage(
                "'rules add' needs what is to be done, pause, reject, limit or accept: rules add pause type: 'db_*'")
        }
        var match: [String: Value] = [:]
        for name in ["type", "user"] where !order.texts(name).isEmpty {
            match[name] = .list(order.texts(name).map(Value.string))
        }
        for name in ["mode", "after_job"] { match[name] = try order.text(name).map(Value.string) }
        return .members([
            "action": .string(action), "limit": try order.int("limit").map(Value.int),
            "match": match.isEmpty ? nil : .map(match), "order": try order.int("order").map(Value.int),
            "owner": try order.text("owner").map(Value.string), "reason": line.reason.map(Value.string),
            "expires_at": try order.moment("until", .ahead, on: display).map(Value.string),
        ])
    }

    /// What a line tells of a rule besides its members.
    static func row(ofRule rule: Value) -> [String: Value] {
        var row: [String: Value] = [:]
        if let limit = rule["limit"]?.int { row["action"] = .string("limit \(limit)") }
        if let node = rule["subject"]?["node"]?.plain { row["jobs"] = .string("node \(node)") }
        if let database = rule["subject"]?["database"]?.string { row["jobs"] = .string("database \(database)") }
        let match = rule["match"]?.map ?? [:]
        let words = match.sorted { $0.key < $1.key }.map { name, value in
            "\(name) " + (value.list ?? [value]).compactMap(\.plain).joined(separator: ",")
        }
        if row["jobs"] == nil { row["jobs"] = .string(words.isEmpty ? "every job" : words.joined(separator: ", ")) }
        return row
    }

    static func table(ofRules rules: [Value], on display: Display) -> Styled {
        let rows = rules.map { Value.map(($0.map ?? [:]).merging(row(ofRule: $0)) { $1 }) }
        return Table(rows, columns: ruleColumns, on: display).styled(display)
    }

    /// Takes things away by their ids.
    func remove(_ ids: [String], at path: String) async throws(Failure) {
        for id in ids { _ = try await daemon.value(.DELETE, "\(path)/\(try id.pathPart)") }
        try show(.string("OK"))
    }
}
