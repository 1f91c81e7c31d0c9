import Access
import Application
import Gateway
import Hummingbird
import JobEngine
import Values

/// `/audit`: what was asked of all nodes, granted and refused, as the chain of records of each keeps it.
struct AuditResource: Resource {
    let services: GatewayServices

    init(_ services: GatewayServices) {
        self.services = services
    }

    var routes: [Route] {
        [
            Route(
                .get, "/audit", id: "listAuditRecords", summary: "List records of the audit log, newest first",
                handler: list
            )
            .with {
                $0.access = .permitted(Permission(users: [], groups: ["root", "exaadm"]))
                // Each node keeps the log of what it was asked, and any of them asks the others.
                $0.locality = .anyNode
                $0.query = [.limit, .cursor, .since, .until, Self.event, Self.user, Self.node]
            }
            .answers("history", "AuditPage") {
                $0.headers = [.link]
                $0.detail =
                    "Every node keeps a log of its own. They are told in one order of time; nodes that could not be asked "
                    + "within 5 s stand in 'missing'. A page may be shorter than asked for."
            }
        ]
    }

    private static let event = QueryParameter(
        "event", .choice(AuditEvent.Kind.allCases.map(\.rawValue)), text: "Only records of this kind.", repeats: true)
    private static let user = QueryParameter("user", .text, text: "Only records of this user.", repeats: true)
    private static let node = QueryParameter(
        "node", .int(1...Int(Int32.max)), text: "Only records of this node.", repeats: true)

    private func list(_ call: Call) async throws -> Response {
        let text = ListPage.filterText(call)
        var filter = HistoryWalk.Filter()
        filter.since = call.query.time("since")
        filter.until = call.query.time("until")
        filter.kinds = Set(call.query.all("event"))
        filter.users = Set(call.query.all("user"))
        filter.nodes = Set(call.query.all("node").compactMap { Int($0) })
        let cursor = try call.query["cursor"].map { (cursor) throws(Problem) in try HistoryCursor(cursor, filter: text)
        }
        var walk = services.history.auditWalk(filter, below: cursor?.below ?? [:])
        let entries = try await walk.next(call.query.int("limit") ?? 50)
        let next = walk.isOver ? nil : HistoryCursor(below: walk.below, filter: text).text
        let items = entries.compactMap { entry -> Value? in
            guard case .audit(let record, let node) = entry.record else { return nil }
            return record.value(of: node)
        }
        let archived = walk.isOver ? walk.archived.sorted { $0.key < $1.key } : []
        return ListPage.response(
            to: call, items: items, next: next,
            more: [
                "archived": archived.isEmpty ? nil : .list(archived.map { $1.value(of: $0) }),
                "missing": walk.missingValue,
            ])
    }
}

extension HistoryWalk {
    /// The nodes whose records are not there, as lists name them; `nil` when there are none.
    var missingValue: Value? {
        if missing.isEmpty { return nil }
        return .list(
            missing.sorted { $0.key < $1.key }.map { ["node": .int($0.key), "reason": .string($0.value)] })
    }
}

extension QueryParameter {
    static let since = QueryParameter("since", .time, text: "Only what happened at this moment or later.")
    static let until = QueryParameter("until", .time, text: "Only what happened before this moment.")
}

extension ArchivedAudit {
    /// Where records are that no page has.
    fileprivate func value(of node: Int) -> Value {
        ["node": .int(node), "last": .int(last), "file": .string(file)]
    }
}

extension AuditEntry {
    /// The record as callers are shown it: what it says, and its place in the chain of its node.
    func value(of node: Int) -> Value {
        var members = event.members
        members["node"] = .int(node)
        members["seq"] = .int(sequence)
        members["prev_hash"] = .string(Hex.text(previousHash))
        members["hash"] = .string(Hex.text(hash))
        return .members(members)
    }
}

extension AuditEvent {
    /// What it says, by name.
    var members: [String: Value?] {
        var members: [String: Value?] = fields.mapValues(Value.string)
        for name in ["objects", "roles"] {
            members[name] = fields[name].map { .strings($0.split(separator: " ").map(String.init)) }
        }
        for name in ["count", "revision", "seconds", "records", "first_seq", "last_seq", "list"] {
            members[name] = fields[name].flatMap { Int($0) }.map(Value.int)
        }
        members["event"] = .string(kind.rawValue)
        members["time"] = .string(Timestamp(milliseconds: Int(time)).description)
        members["user"] = user.map(Value.string)
        members["client_addr"] = address.map(Value.string)
        members["auth"] = method.map { .string($0.rawValue) }
        members["detail"] = detail.map(Value.string)
        return members
    }
}
