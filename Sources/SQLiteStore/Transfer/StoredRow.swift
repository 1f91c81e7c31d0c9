import GRDB
import JobEngine
import Logging
import Replication
import Values

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Jobs as they lie in the table and as they are sent.
struct StoredRow: FetchableRecord {
    let number: Int
    let end: Int?
    /// `nil` for bytes that are no text, as those of a damaged record.
    let job: StoredJob?

    /// What a statement has to select from `jobs` and `job_index AS entry`.
    static let columns =
        "jobs.number, jobs.record, jobs.request_digest, jobs.idempotency_key IS NOT NULL, entry.ended"

    init(row: Row) throws {
        number = try row.at(0)
        end = try row.at(4)
        guard let bytes = Data.fromDatabaseValue(row[1]), let text = String(validating: bytes, as: UTF8.self) else {
            job = nil
            return
        }
        var job = StoredJob(text)
        job.digest = try row.at(2)
        job.holdsKey = try row.at(3)
        job.end = end
        self.job = job
    }

    /// The job, `nil` for one that is damaged, which is reported.
    func whole(_ log: Logger) -> StoredJob? {
        if let job, JobRow.record(job.text.utf8)?.id.number == number { return job }
        log.error("a stored job cannot be read and is not given to other nodes", metadata: ["number": "\(number)"])
        return nil
    }
}

extension StoredJob {
    /// The job it says it is, as it was told; `nil` for a text that is none.
    var record: JobRecord? {
        guard let value = try? JSON.parse(text, limits: JobRow.limits) else { return nil }
        return JobRecord(exactly: value) ?? JobRecord(value)
    }
}
