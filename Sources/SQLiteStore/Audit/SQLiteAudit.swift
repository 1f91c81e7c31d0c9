package import Access
import GRDB
import JobEngine
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
    let file: SQLiteFile
    private let missed = MissedEvents()

    /// The audit log in an open file.
    package init(_ file: SQLiteFile) {
        self.file = file
    }

    /// Events that could not be kept since the start, and those of them that no record tells of yet.
    package var unrecorded: (all: Int, untold: Int) { missed.counts }

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
        if !page.hasMore, let seal = try AuditSeal.newest(database) {
            page.archived = ArchivedAudit(last: seal.last.sequence, file: seal.name)
        }
        return page
    }

    // The head is read inside the transaction: a change that is undone takes its link of the chain with it.
    /// Writes an event behind the newest one, in a transaction of the caller.
    static func append(_ text: [UInt8], _ database: Database) throws {
        let head = try database.cachedStatement(sql: "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
        let link = try Row.fetchOne(head).map { AuditLink(sequence: try $0.at(0), hash: try bytes($0, 1)) }
        let record = try (link ?? AuditSeal.end(database)).record(of: text)
        try database.run(
            "INSERT INTO audit (event, prev_hash, hash) VALUES (?, ?, ?)",
            [Data(text), Data(record.previousHash), Data(record.hash)])
    }

    /// The members of a row that ``record(_:)`` reads.
    static let columns = "seq, event, prev_hash, hash"

    /// What a row holds, whatever that is.
    static func record(_ row: Row) throws -> AuditRecord {
        AuditRecord(
            sequence: try row.at(0), text: try bytes(row, 1), previousHash: try bytes(row, 2), hash: try bytes(row, 3))
    }

    private static func bytes(_ row: Row, _ column: Int) throws -> [UInt8] {
        Data.fromDatabaseValue(try row.at(column)).map { Array($0) } ?? []
    }

    private static func entry(_ row: Row) throws -> AuditEntry? {
        let record = try record(row)
        guard let value = try? JSON.parse(record.text), let event = AuditEvent(value) else { return nil }
        return AuditEntry(
            sequence: record.sequence, event: event, previousHash: record.previousHash, hash: record.hash)
    }
}
