import Certificates
import ClusterLog
import GRDB
import JobEngine
import Logging
import Replication
import Values
import Zlib

/// A page of the past, for a node that lacks it.
struct HistoryGiving {
    private let page: HistoryPage
    private let database: Database
    private let archives: ArchiveFolder
    private let log: Logger

    private static let mostJobs = 500
    /// Revisions of a page, and of a state, which has the newest ones.
    static let mostRevisions = 50
    private static let mostBytes = 4 << 20

    /// - Throws: `refused` when the past is not all here.
    init(_ page: HistoryPage, _ database: Database, archives: ArchiveFolder, log: Logger) throws {
        (self.page, self.database, self.archives, self.log) = (page, database, archives, log)
        guard try HistoryRest.newest(page.section, database) == nil else {
            throw StateFault.refused("the past of this node is not all here yet")
        }
    }

    func write(_ head: StateHead, to take: @escaping @Sendable ([UInt8]) throws(StateFault) -> Void) throws {
        var head = head
        let rows: [StateRow]
        switch page.section {
        case .jobs: (rows, head.through) = try jobs()
        case .revisions: (rows, head.through) = try revisions()
        case .archive: (rows, head.through) = try archived()
        }
        var writer = try StateWriter(head, to: take)
        for row in rows { try writer.append(row) }
        try writer.end()
    }

    private func jobs() throws -> ([StateRow], through: Int?) {
        let found = try StoredRow.fetchCursor(
            database,
            sql: """
                SELECT \(StoredRow.columns)
                FROM job_index AS entry INDEXED BY job_index_by_end CROSS JOIN jobs ON jobs.number = entry.number
                WHERE entry.ended < ? AND entry.ended > ? ORDER BY entry.ended DESC LIMIT ?
                """, arguments: [page.below, page.above, Self.mostJobs])
        var (rows, through, bytes): ([StateRow], Int?, Int) = ([], nil, 0)
        while bytes < Self.mostBytes, let row = try found.next() {
            through = row.end
            guard let job = row.whole(log) else { continue }
            rows.append(.job(job))
            bytes += job.text.utf8.count
        }
        return (rows, through)
    }

    private func revisions() throws -> ([StateRow], through: Int?) {
        let numbers = try RevisionTable.list(database, below: page.below, limit: Self.mostRevisions).map(\.number)
        var (rows, through, bytes): ([StateRow], Int?, Int) = ([], nil, 0)
        for number in numbers where number > page.above && bytes < Self.mostBytes {
            through = number
            guard let revision = try RevisionTable.record(database, number) else { continue }
            rows.append(.record(.engine(.revision(revision))))
            bytes += revision.text.utf8.count
        }
        return (rows, through)
    }

    // MARK: The archive

    private func archived() throws -> ([StateRow], through: Int?) {
        if let own = page.own,
            try ArchivedNumbers(from: own.through, below: page.below, in: database).sha256 == own.sha256
        {
            return ([], own.through)
        }
        let entries = try entries()
        var texts: [Int64: [Int: StoredJob]] = [:]
        var (rows, through, bytes): ([StateRow], Int?, Int) = ([], nil, 0)
        for entry in entries where bytes < Self.mostBytes {
            if texts[entry.member] == nil {
                let wanted = Set(entries.filter { $0.member == entry.member }.map(\.number))
                texts[entry.member] = try read(entry, wanted)
            }
            guard var job = texts[entry.member]?[entry.number] else {
                throw StateFault.refused("\(archives.path)/\(entry.name) is damaged: job \(entry.number) is not in it")
            }
            job.end = entry.end
            rows.append(.archived(job, at: entry.madeAt))
            bytes += job.text.utf8.count
            through = entry.number
        }
        return (rows, through)
    }

    private struct Entry {
        let number: Int
        let madeAt: Timestamp
        /// When it was stored again after it had gone.
        let end: Int?
        let member: Int64
        let name: String
        let start: Int
        let length: Int
    }

    private func entries() throws -> [Entry] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT job.number, member.made_at, member.id, archives.name, member.start, member.length, entry.ended
                FROM archived_jobs AS job
                JOIN archive_members AS member ON member.id = job.member JOIN archives ON archives.id = member.archive
                LEFT JOIN job_index AS entry ON entry.number = job.number
                WHERE job.number < ? ORDER BY job.number DESC LIMIT ?
                """, arguments: [page.below, Self.mostJobs]
        ).map { row in
            Entry(
                number: try row.at(0), madeAt: Timestamp(milliseconds: try row.at(1)), end: try row.at(6),
                member: try row.at(2), name: try row.at(3), start: try row.at(4), length: try row.at(5))
        }
    }

    /// Some jobs of a member, as they stand in it.
    private func read(_ entry: Entry, _ wanted: Set<Int>) throws -> [Int: StoredJob] {
        let bytes: [UInt8]
        do throws(StoreError) {
            bytes = try archives.read(entry.name, from: entry.start, count: entry.length)
        } catch {
            throw StateFault.refused("\(error)")
        }
        var jobs: [Int: StoredJob] = [:]
        let lines = Gzip.unpacked(bytes, limit: 1 << 30).bytes.split(separator: UInt8(ascii: "\n"))
        for line in lines {
            guard let record = JobRow.record(line), wanted.contains(record.id.number),
                let text = String(validating: line, as: UTF8.self)
            else { continue }
            var job = StoredJob(text)
            job.holdsKey = try record.scopedKey != nil && PreparedJob(record, digest: nil).rival(database) == nil
            jobs[record.id.number] = job
        }
        return jobs
    }
}

/// Which jobs of some numbers are in the archive since when, as one value that is equal where they are.
struct ArchivedNumbers {
    let sha256: String

    init(from low: Int, below high: Int, in database: Database) throws {
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT job.number, job.node, member.made_at FROM archived_jobs AS job
                JOIN archive_members AS member ON member.id = job.member
                WHERE job.number >= ? AND job.number < ? ORDER BY job.number DESC
                """, arguments: [low, high])
        var text = ""
        var digest = [UInt8](repeating: 0, count: 32)
        while let row = try rows.next() {
            text = "\(try row.at(0) as Int) \(try row.at(1) as Int) \(try row.at(2) as Int)"
            digest = Digest.sha256(digest + Array(text.utf8))
        }
        sha256 = Hex.text(digest)
    }

    /// What this node says of its own: the next numbers below one, as many as a page has.
    static func next(below high: Int, in database: Database) throws -> HistoryPage.Own? {
        let low = try Int.fetchOne(
            database,
            sql: """
                SELECT min(number) FROM (SELECT number FROM archived_jobs WHERE number < ? ORDER BY number DESC LIMIT 500)
                """, arguments: [high])
        guard let low else { return nil }
        return HistoryPage.Own(
            through: low, sha256: try ArchivedNumbers(from: low, below: high, in: database).sha256)
    }
}
