import Access
import Application
import Gateway
import Hummingbird
import JobEngine
import Values

/// `/audit`: what was asked of this node, granted and refused, as the chain of records keeps it.
struct AuditResource: Resource {
    let services: GatewayServices

    init(_ services: GatewayServices) {
        self.services = services
    }

    var routes: [Route] {
        [
            Route(.get, "/audit", "listAuditRecords", "List records of the audit log, newest first", handler: list)
                .with {
                    $0.access = .permitted(Permission(users: [], groups: ["root", "exaadm"]))
                    // Each node keeps the log of what it was asked.
                    $0.locality = .anyNode
                    $0.query = [.limit, .cursor, .since, .until, Self.event, Self.user]
                }
                .answers("history", "AuditPage") { $0.headers = [.link] }
        ]
    }

    private static let event = QueryParameter(
        "event", .choice(AuditEvent.Kind.allCases.map(\.rawValue)), "Only records of this kind.", repeats: true)
    private static let user = QueryParameter("user", .text, "Only records of this user.", repeats: true)

    private func list(_ call: Call) async throws -> Response {
        let filter = ListPage.filterText(call)
        var query = AuditQuery()
        query.limit = call.query.int("limit") ?? 50
        query.below = try Cursor(call.query["cursor"], filter: filter)?.below
        query.since = call.query.time("since").map { Int64($0.milliseconds) }
        query.until = call.query.time("until").map { Int64($0.milliseconds) }
        query.kinds = call.query.all("event").compactMap(AuditEvent.Kind.init)
        query.users = call.query.all("user")
        let page = try await services.audit.entries(query)
        let next = page.hasMore ? page.entries.last.map { Cursor(below: $0.sequence, filter: filter) } : nil
        return ListPage.response(
            to: call, items: page.entries.map(\.value), next: next?.text,
            more: ["archived": page.archived.map(\.value)])
    }
}

extension QueryParameter {
    static let since = QueryParameter("since", .time, "Only what happened at this moment or later.")
    static let until = QueryParameter("until", .time, "Only what happened before this moment.")
}

extension ArchivedAudit {
    /// Where records are that no page has.
    fileprivate var value: Value { ["last": .int(last), "file": .string(file)] }
}

extension AuditEntry {
    /// The record as callers are shown it: what it says, and its place in the chain.
    var value: Value {
        var members = event.members
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
