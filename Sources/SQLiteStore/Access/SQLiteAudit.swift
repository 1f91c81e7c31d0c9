package import Access
import Certificates
import GRDB
package import JobEngine
import Logging
import Values

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The audit log in the database file of the node: each entry carries the hash of the one before it, so that none can
/// be altered or taken out unnoticed.
///
/// Entries are committed together with whatever else waits; at rest one costs a single flush.
package struct SQLiteAudit: AuditLog, AuditTrail {
    private let file: SQLiteFile
    private let missed = MissedEvents()

    /// The audit log in an open file.
    package init(_ file: SQLiteFile) {
        self.file = file
    }

    /// Returns when the event is on the disk. One that cannot be kept goes to the log as critical, with all it says, and is
    /// counted: the next one that can be kept comes behind a record of how many there were.
    package func record(_ event: AuditEvent) async {
        if let gap = missed.take() {
            do {
                try await append(gap.event)
            } catch {
                missed.putBack(gap)
            }
        }
        do {
            try await append(event)
        } catch {
            missed.add(event)
            file.log.critical(
                "an audit event could not be kept",
                metadata: [
                    "event": "\(String(decoding: JSON.bytes(event.value), as: UTF8.self))", "cause": "\(error)",
                ])
        }
    }

    private func append(_ event: AuditEvent) async throws(StoreError) {
        let text = JSON.bytes(event.value)
        try await file.commit(for: .audit) { try Self.append(text, $0) }
    }

    /// A limit below 1 or above 1000 is brought into these bounds. Entries that cannot be read are left out: they are for
    /// ``verifyAuditChain()`` to find.
    package func entries(_ query: AuditQuery) async throws(AccessError) -> AuditPage {
        do throws(StoreError) {
            return try await file.read { try Self.page(query, $0) }
        } catch {
            file.log.error("the audit log could not be read", metadata: ["cause": "\(error)"])
            throw .unavailable(retryAfter: .seconds(5))
        }
    }

    private static func page(_ query: AuditQuery, _ database: Database) throws -> AuditPage {
        var page = AuditPage(entries: [], hasMore: false)
        guard let selection = try AuditSelection(query, database) else { return page }
        let limit = min(max(query.limit, 1), 1000)
        let rows = try Row.fetchCursor(database, sql: selection.sql, arguments: selection.arguments)
        while let row = try rows.next() {
            guard let entry = try entry(row) else { continue }
            guard page.entries.count < limit else {
                page.hasMore = true
                break
            }
            page.entries.append(entry)
        }
        return page
    }

    /// Computes the whole chain again and compares it, entry by entry.
    package func verifyAuditChain() async throws(StoreError) -> AuditChainReport {
        try await file.read { database in
            var report = AuditChainReport()
            var previous = Self.beginning
            let rows = try Row.fetchCursor(database, sql: "SELECT seq, event, prev_hash, hash FROM audit ORDER BY seq")
            while let row = try rows.next() {
                report.entries += 1
                let hash = try Digest.sha256(previous + Self.bytes(row, 1))
                guard try row.at(0) == report.entries, try Self.bytes(row, 2) == previous,
                    try Self.bytes(row, 3) == hash
                else {
                    report.firstBreak = report.entries
                    return report
                }
                previous = hash
            }
            let last = try Int.fetchOne(database, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'audit'") ?? 0
            if last != report.entries { report.firstBreak = report.entries + 1 }
            return report
        }
    }

    private static let beginning = [UInt8](repeating: 0, count: 32)

    // The head is read inside the transaction: a change that is undone takes its link of the chain with it.
    /// Writes an event behind the newest one, in a transaction of the caller.
    static func append(_ text: [UInt8], _ database: Database) throws {
        let head = try database.cachedStatement(sql: "SELECT hash FROM audit ORDER BY seq DESC LIMIT 1")
        let previous = try Data.fetchOne(head).map { Array($0) } ?? beginning
        let hash = Digest.sha256(previous + text)
        try database.run(
            "INSERT INTO audit (event, prev_hash, hash) VALUES (?, ?, ?)", [Data(text), Data(previous), Data(hash)])
    }

    private static func bytes(_ row: Row, _ column: Int) throws -> [UInt8] {
        Data.fromDatabaseValue(try row.at(column)).map { Array($0) } ?? []
    }

    private static func entry(_ row: Row) throws -> AuditEntry? {
        guard let value = try? JSON.parse(bytes(row, 1)), let event = AuditEvent(value) else { return nil }
        return AuditEntry(
            sequence: try row.at(0), event: event, previousHash: try bytes(row, 2), hash: try bytes(row, 3))
    }
}

/// What an examination of the audit log found.
package struct AuditChainReport: Sendable, Hashable {
    /// Entries that were examined.
    package var entries = 0
    /// The first entry that is missing, altered or out of its place; `nil` when the chain is whole.
    package var firstBreak: Int?

    /// Whether nothing was taken out, put in or altered.
    package var isIntact: Bool { firstBreak == nil }
}

extension AuditEvent {
    /// The event as members; its JSON text is what the chain of hashes runs over.
    var value: Value {
        .members([
            "event": .string(kind.rawValue), "time": .int(Int(time)), "user": user.map(Value.string),
            "client_addr": address.map(Value.string), "auth": method.map { .string($0.rawValue) },
            "detail": detail.map(Value.string),
            "fields": fields.isEmpty ? nil : .map(fields.mapValues(Value.string)),
        ])
    }

    init?(_ value: Value) {
        guard let kind = value["event"]?.string.flatMap(Kind.init), let time = value["time"]?.int else { return nil }
        self.init(
            kind: kind, time: Int64(time), user: value["user"]?.string, address: value["client_addr"]?.string,
            method: value["auth"]?.string.flatMap(Principal.Method.init), detail: value["detail"]?.string,
            fields: value["fields"]?.map?.compactMapValues(\.string) ?? [:])
    }
}
