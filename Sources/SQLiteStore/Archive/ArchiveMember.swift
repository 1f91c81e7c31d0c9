import GRDB
import JobEngine
import Values
import Zlib

/// A batch of jobs in its place in an archive file, where nobody knows of it yet.
struct ArchiveMember: Sendable {
    private let jobs: [JobRecord]
    private let month: String
    private let name: String
    private let start: Int
    private let length: Int

    private static let mostBytesOfARest = 64 << 20

    /// Writes jobs behind those that ended in the same month, durably.
    init(_ batch: ArchiveBatch, into folder: ArchiveFolder, _ database: Database) throws {
        jobs = batch.jobs
        month = batch.month
        (name, start) = try Self.place(for: month, in: folder, database)
        let title: Value = ["format": "confd-jobs", "version": 1, "month": .string(month)]
        let head = start == 0 ? JSON.bytes(title) + [UInt8(ascii: "\n")] : []
        guard let bytes = Gzip.packed(head + batch.lines, level: 6) else {
            throw StoreError.unavailable("there is no memory to compress \(jobs.count) jobs")
        }
        length = bytes.count
        try folder.write(bytes, to: name, at: start)
    }

    /// Takes the jobs out of the store and notes where they are.
    func perform(_ database: Database, at now: Timestamp) throws {
        for job in jobs {
            try database.run(
                "DELETE FROM jobs WHERE number = ? AND node = ? AND done = 1", [job.id.number, job.id.node])
            guard database.changesCount == 1 else {
                throw StoreError.unavailable("job \(job.id) is not there any more")
            }
        }
        try enter(database, at: now)
    }

    /// Notes where the jobs are.
    func enter(_ database: Database, at now: Timestamp) throws {
        try database.run(
            "INSERT INTO archives (name, month, length) VALUES (?, ?, 0) ON CONFLICT (name) DO NOTHING", [name, month])
        try database.run(
            "UPDATE archives SET length = ? WHERE name = ? AND length = ?", [start + length, name, start])
        guard database.changesCount == 1 else { throw StoreError.unavailable("somebody else has written to \(name)") }
        try database.run(
            """
            INSERT INTO archive_members (archive, start, length, made_at)
            SELECT id, ?, ?, ? FROM archives WHERE name = ?
            """, [start, length, now.milliseconds, name])
        let member = database.lastInsertedRowID
        for job in jobs {
            try database.run(
                "INSERT OR REPLACE INTO archived_jobs (number, node, user, member) VALUES (?, ?, ?, ?)",
                [job.id.number, job.id.node, job.requester.name, member])
        }
    }

    // MARK: The file

    /// The newest file of a month, or a new one where that is not as we left it.
    private static func place(
        for month: String, in folder: ArchiveFolder, _ database: Database
    ) throws -> (name: String, start: Int) {
        let row = try Row.fetchOne(
            database, sql: "SELECT name, length FROM archives WHERE month = ? ORDER BY id DESC LIMIT 1",
            arguments: [month])
        if let row, case let (name, length) = (try row.at(0) as String, try row.at(1) as Int),
            try canGrow(name, from: length, in: folder, database)
        {
            return (name, length)
        }
        for number in 1... {
            let name = Self.name(of: month, number)
            let isKnown =
                try Int.fetchOne(
                    database, sql: "SELECT 1 FROM archives WHERE name = ?", arguments: [name]) != nil
            if !isKnown, try canGrow(name, from: 0, in: folder, database) { return (name, 0) }
        }
        throw StoreError.unavailable("there is no name for an archive of \(month)")
    }

    /// The name of the first, second and so on file of a month.
    static func name(of month: String, _ number: Int) -> String {
        "jobs-\(month)\(number == 1 ? "" : "-\(number)").ndjson.gz"
    }

    /// Whether a file is as we left it, but for what a crash let stand behind its length.
    ///
    /// A store that was lost, or put back from a backup, does not know what its files hold: none of it is overwritten.
    static func canGrow(
        _ name: String, from length: Int, in folder: ArchiveFolder, _ database: Database
    ) throws -> Bool {
        guard let present = try folder.length(of: name) else { return length == 0 }
        let rest = present - length
        if rest == 0 { return true }
        guard rest > 0, rest <= mostBytesOfARest else { return false }
        let text = Gzip.unpacked(try folder.read(name, from: length, count: rest), limit: 16 * mostBytesOfARest)
        guard text.fault != .tooLong, text.fault != .noMemory else { return false }
        let isInStore = try database.cachedStatement(sql: "SELECT 1 FROM jobs WHERE number = ? AND node = ?")
        return try text.bytes.split(separator: UInt8(ascii: "\n")).compactMap(JobRow.record).allSatisfy { job in
            try Int.fetchOne(isInStore, arguments: [job.id.number, job.id.node]) != nil
        }
    }
}
