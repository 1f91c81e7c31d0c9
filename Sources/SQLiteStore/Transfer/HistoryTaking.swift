import ClusterLog
import GRDB
import JobEngine
import Replication
import Values

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Adds a page of the past to what is here, inside the caller's savepoint. What is here stays as it is: this node has applied
/// at least what the page is as of, so its own is as new.
struct HistoryTaking {
    private let head: StateHead
    private let page: HistoryPage
    private let database: Database
    private let archives: ArchiveFolder
    private let applied: Int
    private var batch = ArchiveBatch()
    /// Jobs that were stored again after they had gone to the archive.
    private var stored: Set<Int> = []
    /// Jobs whose key no other one has.
    private var keyed: Set<Int> = []
    private var madeAt = Timestamp(milliseconds: 0)

    /// - Throws: `malformed` for a head that is no answer; `notYet` for one this node has to follow the log to; `refused` when
    ///   something else is missing now, or the page is too old.
    init(_ head: StateHead, for page: HistoryPage, _ database: Database, archives: ArchiveFolder) throws {
        (self.head, self.page, self.database, self.archives) = (head, page, database, archives)
        let own = try SQLiteStore.applied(database)
        applied = own.place.index
        guard head.form == .history, head.through.map({ $0 < page.below && $0 >= 0 }) ?? true else {
            throw StateFault.malformed("it is no page of what was asked for")
        }
        guard head.end.term.generation == own.term.generation else {
            throw StateFault.refused("it is of another generation")
        }
        guard head.end.place.index <= applied else { throw StateFault.notYet }
        guard let range = try HistoryRest.newest(page.section, database), range.below == page.below,
            range.floor == page.above
        else { throw StateFault.refused("something else is missing by now") }
        // Jobs may have gone to the archive here before they came.
        guard head.end.place.index >= range.entry else {
            throw StateFault.refused("it is as of entry \(head.end.place.index), which is too old")
        }
    }

    mutating func take(_ row: StateRow) throws {
        switch (page.section, row) {
        case (.jobs, .job(let job)): try take(job)
        case (.revisions, .record(.engine(.revision(let revision)))):
            try check(revision.number)
            if try !has("SELECT 1 FROM revisions WHERE number = ?", revision.number) {
                try RevisionTable.put(database, revision)
            }
        case (.archive, .archived(let job, let time)): try take(job, archivedAt: time)
        default: throw StateFault.malformed("it has a row of another section")
        }
    }

    mutating func end() throws {
        try flush()
        try HistoryRest.advance(page.section, to: head.through, database)
        if page.section == .jobs { try HistoryRest.require(applied, of: .archive, database) }
    }

    private func check(_ number: Int) throws {
        guard number < page.below, number > page.above, number >= head.through ?? 0 else {
            throw StateFault.malformed("\(number) is not within the page")
        }
    }

    private func has(_ sql: String, _ number: Int) throws -> Bool {
        try Int.fetchOne(database.cachedStatement(sql: sql), arguments: [number]) != nil
    }

    private func isInArchive(_ number: Int) throws -> Bool {
        try has("SELECT 1 FROM archived_jobs WHERE number = ?", number)
    }

    /// A later order for the archive may have found a job here that was in the archives of others already: it is entered again.
    private func isInArchive(_ number: Int, since time: Timestamp) throws -> Bool {
        let statement = try database.cachedStatement(
            sql: """
                SELECT 1 FROM archived_jobs AS job JOIN archive_members AS member ON member.id = job.member
                WHERE job.number = ? AND member.made_at = ?
                """)
        return try Int.fetchOne(statement, arguments: [number, time.milliseconds]) != nil
    }

    // MARK: Jobs

    private func take(_ job: StoredJob) throws {
        guard let record = job.record, record.isDone, let end = job.end else {
            throw StateFault.malformed("a job cannot be read")
        }
        try check(end)
        if try has("SELECT 1 FROM jobs WHERE number = ?", record.id.number) || isInArchive(record.id.number) { return }
        // A key another job has by now is that job's.
        let key = PreparedJob(record, digest: job.digest)
        let holdsKey = try job.holdsKey && key.rival(database) == nil
        try PreparedJob(record, digest: job.digest, bytes: Array(job.text.utf8), holdsKey: holdsKey)
            .place(database, end: end)
    }

    private mutating func take(_ job: StoredJob, archivedAt time: Timestamp) throws {
        guard let record = job.record, record.isDone else { throw StateFault.malformed("a job cannot be read") }
        try check(record.id.number)
        if try isInArchive(record.id.number, since: time) { return }
        if time != madeAt { try flush() }
        madeAt = time
        if job.end != nil { stored.insert(record.id.number) }
        if job.holdsKey { keyed.insert(record.id.number) }
        if !batch.add(record, job.text.utf8) {
            try flush()
            _ = batch.add(record, job.text.utf8)
        }
    }

    /// Writes what was gathered to an archive of this node.
    private mutating func flush() throws {
        if batch.jobs.isEmpty { return }
        let member = try ArchiveMember(batch, into: archives, database)
        for job in batch.jobs {
            if !stored.contains(job.id.number) {
                try database.run("DELETE FROM jobs WHERE number = ?", [job.id.number])
            }
            guard keyed.contains(job.id.number), let key = job.scopedKey else { continue }
            // The key had moved to it from an earlier job, and went with it.
            try database.run(
                "UPDATE jobs SET idempotency_key = NULL WHERE user = ? AND idempotency_key = ? AND number < ?",
                [job.requester.name, key, job.id.number])
        }
        try member.enter(database, at: madeAt)
        batch = ArchiveBatch()
    }
}
