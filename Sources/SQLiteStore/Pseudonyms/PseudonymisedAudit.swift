import Access
import GRDB
import JobEngine
import Values

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Replaces a name in the audit log and its archives.
///
/// First all records are found and listed with the text they are to have; then a record of the log speaks of the list; and
/// only then are texts replaced, so that the log can be verified at every moment.
struct PseudonymisedAudit: Sendable {
    let file: SQLiteFile
    let run: PseudonymRun

    private static let rowsAtOnce = 200
    private static let looksAtOnce = 500

    /// A record the list is to have.
    private struct Listed: Sendable {
        let sequence: Int
        let digest: [UInt8]
    }

    private var folder: ArchiveFolder { ArchiveFolder(beside: file.path) }

    /// - Returns: How many records are on the list.
    /// - Throws: `unavailable` for a log that is not whole: what was altered is not to be covered up.
    func replace(_ request: PseudonymRequest) async throws(StoreError) -> Int {
        if !run.isAnnounced {
            try await listArchived()
            try await listStored()
            try await announce(request)
        }
        try await replaceStored()
        try await replaceArchived()
        return try await file.read { [run] database in
            try Int.fetchOne(
                database, sql: "SELECT count(*) FROM audit_replacements WHERE batch = ?", arguments: [run.batch]) ?? 0
        }
    }

    /// The record with the pseudonym; `nil` when it has the name nowhere.
    private func replaced(_ record: AuditRecord) -> AuditRecord? {
        guard run.names.mayFind(in: record.text[...]), let value = try? JSON.parse(record.text),
            let changed = run.names.event(value)
        else { return nil }
        return AuditRecord(
            sequence: record.sequence, text: JSON.bytes(changed), previousHash: record.previousHash, hash: record.hash)
    }

    private func listed(_ record: AuditRecord) -> Listed? {
        replaced(record).map { Listed(sequence: $0.sequence, digest: $0.replacementDigest) }
    }

    // MARK: The list

    private func listArchived() async throws(StoreError) {
        for seal in try await file.read({ try AuditSeal.all($0) }) {
            try run.check()
            // One that somebody took away has no name in it.
            guard try folder.length(of: seal.name) != nil else { continue }
            let found = try await file.read { database in
                var found: [Listed] = []
                try read(seal, database) { record in
                    if let listed = listed(record) { found.append(listed) }
                }
                return found
            }
            try await keep(found)
        }
    }

    private func listStored() async throws(StoreError) {
        var end = try await file.read { try AuditSeal.end($0) }
        while true {
            try run.check()
            let start = end
            let (found, next) = try await file.read { try list(behind: start, $0) }
            try await keep(found)
            if next == start { return }
            end = next
        }
    }

    /// Some records behind a place of the chain that are to be listed, and the place they were looked at up to.
    private func list(behind start: AuditLink, _ database: Database) throws -> ([Listed], AuditLink) {
        let rows = try Row.fetchCursor(
            database, sql: "SELECT \(SQLiteAudit.columns) FROM audit WHERE seq > ? ORDER BY seq LIMIT ?",
            arguments: [start.sequence, Self.looksAtOnce])
        var (found, end, known) = ([Listed](), start, ReplacedAudit())
        while let row = try rows.next() {
            let record = try SQLiteAudit.record(row)
            do throws(AuditFault) {
                end = try end.followed(by: record, isReplaced: try known.takes(record, database))
            } catch {
                throw Self.notWhole(error, SQLiteFile.name)
            }
            if let listed = listed(record) { found.append(listed) }
        }
        return (found, end)
    }

    private func keep(_ records: [Listed]) async throws(StoreError) {
        if records.isEmpty { return }
        try await file.commit(for: .administration) { [run] database in
            for record in records {
                try database.run(
                    "INSERT OR REPLACE INTO audit_replacements (batch, seq, digest) VALUES (?, ?, ?)",
                    [run.batch, record.sequence, Data(record.digest)])
            }
        }
    }

    /// Has the log speak of the list, which is complete.
    private func announce(_ request: PseudonymRequest) async throws(StoreError) {
        let list = try await file.read { [run] in try ReplacementList(of: run.batch, $0) }
        var fields = list.fields
        fields["pseudonym"] = run.names.pseudonym
        fields["job_id"] = request.job.description
        let event = AuditEvent(
            kind: .pseudonymised, time: request.now, user: request.requester, method: .internal,
            detail: "the name of a user who was removed is \(run.names.pseudonym) in records before this one",
            fields: fields)
        let text = JSON.bytes(event.value)
        try await file.commit(for: .administration) { [run] database in
            try SQLiteAudit.append(text, database)
            try database.run(
                "UPDATE pseudonyms SET authority = (SELECT max(seq) FROM audit) WHERE batch = ?", [run.batch])
        }
    }

    // MARK: Texts

    private func replaceStored() async throws(StoreError) {
        var last = 0
        while true {
            try run.check()
            let start = last
            let next = try await file.commit(for: .administration) { try replaceSome(behind: start, $0) }
            guard let next else { return }
            last = next
        }
    }

    /// - Returns: The last record that was looked at; `nil` when there was none.
    private func replaceSome(behind start: Int, _ database: Database) throws -> Int? {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT audit.seq, audit.event, audit.prev_hash, audit.hash, list.digest
                FROM audit_replacements AS list CROSS JOIN audit ON audit.seq = list.seq
                WHERE list.batch = ? AND list.seq > ? ORDER BY list.seq LIMIT ?
                """, arguments: [run.batch, start, Self.rowsAtOnce])
        for row in rows {
            let digest: Data = try row.at(4)
            guard let changed = replaced(try SQLiteAudit.record(row)), changed.replacementDigest == Array(digest) else {
                continue
            }
            try database.run("UPDATE audit SET event = ? WHERE seq = ?", [Data(changed.text), changed.sequence])
        }
        return try rows.last?.at(0)
    }

    private func replaceArchived() async throws(StoreError) {
        for seal in try await file.read({ try AuditSeal.all($0) }) {
            try run.check()
            guard try folder.length(of: seal.name) != nil else { continue }
            try await file.read { try replace(seal, $0) }
        }
    }

    /// Writes an archive again, with the same seal: its ends in the chain are what they were.
    private func replace(_ seal: AuditSeal, _ database: Database) throws {
        let rows = try Row.fetchAll(
            database, sql: "SELECT seq, digest FROM audit_replacements WHERE batch = ? AND seq BETWEEN ? AND ?",
            arguments: [run.batch, seal.first, seal.last.sequence])
        if rows.isEmpty { return }
        var digests: [Int: [UInt8]] = [:]
        for row in rows {
            let digest: Data = try row.at(1)
            let sequence: Int = try row.at(0)
            digests[sequence] = Array(digest)
        }
        var (records, isChanged) = ([AuditRecord](), false)
        try read(seal, database) { record in
            if let changed = replaced(record), changed.replacementDigest == digests[record.sequence] {
                records.append(changed)
                isChanged = true
            } else {
                records.append(record)
            }
        }
        guard isChanged else { return }
        guard let bytes = AuditArchiveFile.packed(records, seal) else {
            throw StoreError.unavailable("there is no memory to compress \(records.count) audit records")
        }
        try folder.add(bytes, as: seal.name)
    }

    // MARK: Reading

    private func read(_ seal: AuditSeal, _ database: Database, take: (AuditRecord) -> Void) throws(StoreError) {
        var known = ReplacedAudit()
        do throws(AuditFault) {
            try AuditArchiveFile.read(
                seal, in: folder,
                isReplaced: { (record) throws(AuditFault) in try known.takes(record, database) }, take: take)
        } catch {
            throw Self.notWhole(error, seal.name)
        }
    }

    private static func notWhole(_ fault: AuditFault, _ file: String) -> StoreError {
        .unavailable("the audit log is not whole, so nothing in it is replaced (\(file): \(fault))")
    }
}
