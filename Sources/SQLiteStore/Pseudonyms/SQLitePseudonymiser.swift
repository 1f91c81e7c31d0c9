import GRDB
package import JobEngine
import Logging
import Synchronization
import Values

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Replaces a name in everything the store of a node and the archives beside it have.
///
/// Meanwhile nothing goes to archives. Each piece is a change of its own, and none is made twice: what was interrupted is
/// gone on with by the next call.
package final class SQLitePseudonymiser: Pseudonymiser {
    private let file: SQLiteFile
    private let afterwards = Mutex<(@Sendable () -> Void)?>(nil)

    /// For the store in an open file.
    package init(_ file: SQLiteFile) {
        self.file = file
    }

    /// Does this each time a name was replaced, such as to forget what is in memory of before.
    package func whenReplaced(_ work: @escaping @Sendable () -> Void) { afterwards.withLock { $0 = work } }

    /// - Throws: as the port says; what was done stays done.
    package func pseudonymise(_ request: PseudonymRequest) async throws(JobError) -> PseudonymReport {
        let outcome: Result<PseudonymReport, JobError>
        do throws(StoreError) {
            outcome = try await begin(request)
        } catch {
            throw refusal(error)
        }
        return try outcome.get()
    }

    private func begin(_ request: PseudonymRequest) async throws(StoreError) -> Result<PseudonymReport, JobError> {
        try await file.archiving.take()
        defer { file.archiving.release() }
        if let obstacle = try await file.read({ try Self.obstacle(request, $0) }) { return .failure(obstacle) }
        let runs = try await file.commit(for: .administration) { try PseudonymRun.begin(request.names, $0) }
        var report = PseudonymReport(pseudonym: request.names.pseudonym)
        for run in runs where !request.users.contains(run.names.name) {
            let left = report.left
            report = try await finish(run, request)
            report.left = left.filter { !report.left.contains($0) } + report.left
        }
        return .success(report)
    }

    private func finish(
        _ run: PseudonymRun, _ request: PseudonymRequest
    ) async throws(StoreError) -> PseudonymReport {
        var report = PseudonymReport(pseudonym: run.names.pseudonym)
        try await SQLiteAudit(file).removeArchived()
        let archives = PseudonymisedArchives(file: file, run: run)
        report.left = try await archives.tidy()
        report.records = try await PseudonymisedAudit(file: file, run: run).replace(request)
        try await PseudonymisedJobs(file: file, run: run).replace(&report)
        try await archives.replace(&report)
        try await PseudonymisedRevisions(file: file, run: run).replace(&report)
        try await file.commit(for: .administration) { database in
            for table in ["sessions", "tokens", "session_endings", "login_endings"] {
                try database.run("DELETE FROM \(table) WHERE user = ?", [run.names.name])
            }
            try run.end(database)
        }
        afterwards.withLock { $0 }?()
        // Everything is done but for this: it is told, and no reason to fail.
        if (try? await file.rewrite()) != true {
            report.left.append("\(SQLiteFile.name): unused parts of its pages may have it until the file is rewritten")
        }
        return report
    }

    /// What keeps a name in use: what is open is in memory as well, and would be written again with it.
    private static func obstacle(_ request: PseudonymRequest, _ database: Database) throws -> JobError? {
        if request.users.contains(request.names.name) {
            return JobError(.objectExists, "This is the name of a user. Remove them first (user_delete).")
        }
        let jobs = try JobRow.fetchCursor(
            database, sql: "SELECT number, record FROM jobs INDEXED BY jobs_open WHERE done = 0 ORDER BY number")
        while let job = try jobs.next() {
            guard let bytes = job.bytes, let value = try? JSON.parse(bytes, limits: JobRow.limits),
                request.names.job(value) != nil, let id = value["job_id"]?.string, id != request.job.description
            else { continue }
            return JobError(
                .objectBusy, "Job \(id) is theirs or about them, and has not ended. Wait for its end or cancel it.")
        }
        let rules = try Row.fetchCursor(database, sql: "SELECT number, rule FROM queue_rules ORDER BY number")
        while let rule = try rules.next() {
            let number: Int = try rule.at(0)
            guard let bytes = Data.fromDatabaseValue(try rule.at(1)), let value = try? JSON.parse(bytes),
                request.names.replaced(in: value) != nil
            else { continue }
            return JobError(.objectBusy, "Rule r\(number) of the queue has this name. Remove it first.")
        }
        return nil
    }

    private func refusal(_ error: StoreError) -> JobError {
        file.log.error("a name cannot be replaced", metadata: ["cause": "\(error)"])
        let again = "Run the job again then: it goes on where it stopped."
        if case .full = error {
            return JobError(.outOfSpace, "The disk with the job store is full: make room. \(again)")
        }
        return JobError(.jobFailed, "Not everything could be gone through: \(error). \(again)")
    }
}
