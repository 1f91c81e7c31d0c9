package import Access
import GRDB
package import JobEngine
import Values

/// How long records of the audit log stay in the store.
package struct AuditKeeping: Sendable, Hashable {
    /// Those that are older go; `nil` for none.
    package var age: Duration?
    /// Those that are not among so many newest ones go; `nil` for none.
    package var count: Int?

    /// All of them stay.
    package init() {}

    /// How long an archive waits for more records, so that a year has not more files than days.
    var pause: Duration { min(age ?? .seconds(86_400), .seconds(86_400)) }
}

extension SQLiteAudit {
    /// Seals the oldest records in an archive file and takes them out of the store, 50,000 at most.
    ///
    /// They are in a file that is on the disk before they leave the store. The newest record always stays.
    ///
    /// - Parameter now: In milliseconds since 1970; the same for all calls by which everything goes that is due.
    /// - Returns: What is archived by now; `nil` when nothing more was due.
    /// - Throws: `unavailable` naming file and cure, also for a chain that is broken; every record is where it was then.
    package func archive(_ keeping: AuditKeeping, at now: Int64) async throws(StoreError) -> ArchivedAudit? {
        try await file.archiving.take()
        defer { file.archiving.release() }
        try await removeArchived()
        let folder = ArchiveFolder(beside: file.path)
        // Files are written on the thread of a reader, which holds up no change.
        let seal = try await file.read { database -> AuditSeal? in
            guard let due = try DueAudit(keeping, at: now, database) else { return nil }
            return try due.present(in: folder, database) ?? due.seal(in: folder)
        }
        guard let seal else { return nil }
        try await file.commit { try seal.note($0, at: now) }
        try await removeArchived()
        return ArchivedAudit(last: seal.last.sequence, file: seal.name)
    }

    /// Takes records out of the store that are in archives, a few at a time, so that nobody is held up.
    func removeArchived() async throws(StoreError) {
        while let bound = try await file.read({ try Self.nextToRemove($0) }) {
            try await file.commit { database in
                try database.run("DELETE FROM audit WHERE seq <= ?", [bound])
                try database.run("DELETE FROM audit_spans WHERE block < ?", [bound / Schema.spanLength])
            }
        }
    }

    private static let removedAtOnce = 500

    private static func nextToRemove(_ database: Database) throws -> Int? {
        let archived = try AuditSeal.end(database).sequence
        guard let first = try Int.fetchOne(database, sql: "SELECT min(seq) FROM audit"), first <= archived else {
            return nil
        }
        return min(archived, first + removedAtOnce - 1)
    }
}

/// Records that are to go to an archive: the oldest of the store, one after the other.
private struct DueAudit {
    private let before: AuditLink
    private let newest: Int
    private var records: [AuditRecord] = []
    private var end: AuditLink
    private let keeping: AuditKeeping
    private let made: Int64?

    private static let mostRecords = 50_000

    /// - Returns: `nil` when none is due, or an archive was made a short while ago and no full one can be made yet.
    init?(_ keeping: AuditKeeping, at now: Int64, _ database: Database) throws {
        self.keeping = keeping
        before = try AuditSeal.end(database)
        end = before
        newest = max(0, try Int.fetchOne(database, sql: "SELECT max(seq) FROM audit") ?? 0)
        made = keeping.age.map { now - Int64($0 / .milliseconds(1)) }
        guard try hasRested(now, database) || isLarge(database) else { return nil }
        var bytes = 0
        let rows = try Row.fetchCursor(
            database, sql: "SELECT \(SQLiteAudit.columns) FROM audit WHERE seq > ? ORDER BY seq",
            arguments: [before.sequence])
        while records.count < Self.mostRecords, bytes < AuditArchiveFile.mostBytes, let row = try rows.next() {
            let record = try SQLiteAudit.record(row)
            guard isDue(record) else { break }
            try add(record, database)
            bytes += record.text.count
        }
        if records.isEmpty { return nil }
    }

    private mutating func add(_ record: AuditRecord, _ database: Database) throws(StoreError) {
        do throws(AuditFault) {
            // Whether the log speaks of what was replaced is for who examines all of it.
            var replaced = ReplacedAudit()
            end = try end.followed(by: record, isReplaced: try replaced.takes(record, database))
        } catch {
            throw .unavailable(
                "the audit log is not whole, so it stays where it is: \(error); 'confd audit verify' looks at all of it"
            )
        }
        // It would be two lines of the file; the daemon writes no such text.
        if record.text.contains(UInt8(ascii: "\n")) {
            throw .unavailable("audit record \(record.sequence) is no text of this daemon")
        }
        records.append(record)
    }

    private func isDue(_ record: AuditRecord) -> Bool {
        guard record.sequence < newest else { return false }
        if let count = keeping.count, record.sequence <= newest - count { return true }
        guard let made, let time = (try? JSON.parse(record.text))?["time"]?.int else { return false }
        return time < made
    }

    /// Whether the last archive was made long enough ago, or right now, so that all that is due goes at once; a clock that was set
    /// back waits for nothing.
    private func hasRested(_ now: Int64, _ database: Database) throws -> Bool {
        let sealed = try Int64.fetchOne(database, sql: "SELECT max(sealed_at) FROM audit_archives")
        guard let sealed, sealed < now else { return true }
        return sealed <= now - Int64(keeping.pause / .milliseconds(1))
    }

    /// Whether a full archive can be made, or the store has a tenth more records than it may have.
    private func isLarge(_ database: Database) throws -> Bool {
        if let count = keeping.count, newest - count - before.sequence >= max(1, count / 10) { return true }
        let row = try Row.fetchOne(
            database, sql: "SELECT \(SQLiteAudit.columns) FROM audit WHERE seq = ?",
            arguments: [before.sequence + Self.mostRecords])
        return try row.map { isDue(try SQLiteAudit.record($0)) } ?? false
    }

    // MARK: The file

    /// An archive of these records that is there already: a crash came before it was noted.
    func present(in folder: ArchiveFolder, _ database: Database) throws -> AuditSeal? {
        for name in try folder.names() where AuditSeal.first(of: name) == before.sequence + 1 {
            let seal = try SQLiteAudit.unnoted(name, in: folder, database)
            if let seal, seal.before == before, seal.last.sequence < newest { return seal }
        }
        return nil
    }

    /// Writes the records into a new file; what others wrote under such a name is not touched.
    func seal(in folder: ArchiveFolder) throws(StoreError) -> AuditSeal {
        for copy in 1... {
            let name = AuditSeal.name(first: before.sequence + 1, last: end.sequence, copy: copy)
            if try folder.length(of: name) != nil { continue }
            let seal = AuditSeal(name: name, before: before, last: end)
            guard let bytes = AuditArchiveFile.packed(records, seal) else {
                throw .unavailable("there is no memory to compress \(records.count) audit records")
            }
            try folder.add(bytes, as: name)
            return seal
        }
        throw .unavailable("there is no name for an archive of audit records")
    }
}
