package import Access
import GRDB
package import JobEngine

/// What an examination of the records in the store found.
package struct AuditChainReport: Sendable, Hashable {
    /// Records that were examined.
    package internal(set) var entries = 0
    /// The place of the last of them that is whole; of the last one that is archived when there is none.
    package internal(set) var end: AuditLink
    /// What is wrong first; `nil` when the chain is whole.
    package internal(set) var fault: AuditFault?

    /// The first record that is missing, altered or out of its place.
    package var firstBreak: Int? { fault?.sequence }
    /// Whether nothing was taken out, put in or altered.
    package var isIntact: Bool { fault == nil }
}

extension SQLiteAudit {
    /// Computes the chain of the records in the store again and compares it, from where archives end.
    package func verifyAuditChain() async throws(StoreError) -> AuditChainReport {
        try await file.read { database in
            var replaced = ReplacedAudit()
            var report = try Self.chain(database, &replaced)
            // Who says that a record was replaced stands behind it, so not in an archive.
            if report.fault == nil { report.fault = try replaced.fault(database) }
            return report
        }
    }

    /// The same on a connection of the caller, who is told of replaced records and looks whether the log speaks of them.
    static func chain(_ database: Database, _ replaced: inout ReplacedAudit) throws -> AuditChainReport {
        let archived = try AuditSeal.end(database)
        var report = AuditChainReport(end: archived)
        let rows = try Row.fetchCursor(database, sql: "SELECT \(columns) FROM audit ORDER BY seq")
        while let row = try rows.next() {
            let record = try record(row)
            if report.entries == 0, record.sequence >= 1, record.sequence <= archived.sequence {
                // In an archive and not removed yet: the chain is followed from there, and has to meet the archive's end.
                report.end = AuditLink(sequence: record.sequence - 1, hash: record.previousHash)
            }
            report.entries += 1
            do throws(AuditFault) {
                report.end = try report.end.followed(by: record, isReplaced: try replaced.takes(record, database))
                if report.end.sequence == archived.sequence, report.end != archived {
                    throw AuditFault(archived.sequence, "record \(archived.sequence) is not the one that was archived")
                }
            } catch {
                report.fault = error
                return report
            }
        }
        let last = try Int.fetchOne(database, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'audit'") ?? 0
        if last > report.end.sequence { report.fault = AuditFault(report.end.sequence &+ 1, upTo: last) }
        return report
    }

    /// The hash of a record, as the store or the notes of its archives have it; `nil` for one that neither knows.
    static func hash(of sequence: Int, _ database: Database) throws -> [UInt8]? {
        if sequence == 0 { return AuditLink.beginning.hash }
        let row = try Row.fetchOne(database, sql: "SELECT \(columns) FROM audit WHERE seq = ?", arguments: [sequence])
        if let row { return try record(row).hash }
        return try AuditSeal.all(database).first { $0.last.sequence == sequence }?.last.hash
    }
}
