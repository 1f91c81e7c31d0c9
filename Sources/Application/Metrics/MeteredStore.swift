package import Access
package import JobEngine
import Values
package import Waiting

/// A store whose failures are counted, and from whose writes the ends of jobs are read.
///
/// Each job that ends is written once more, whoever asked for it and in whichever dialect: here none is missed.
package struct MeteredStore: Store {
    private let store: any Store
    private let metrics: DaemonMetrics

    /// Passes everything on to `store` and its answers back.
    package init(_ store: any Store, _ metrics: DaemonMetrics) {
        self.store = store
        self.metrics = metrics
    }

    package func append(
        _ records: [LogRecord], audit: [AuditEvent], after position: LogPosition
    ) async throws(StoreError) {
        do throws(StoreError) {
            try await store.append(records, audit: audit, after: position)
        } catch {
            switch error {
            case .full, .unavailable: metrics.storeFailures.increment()
            case .headMoved, .keyTaken, .deposed: break
            }
            throw error
        }
        for case .job(let job, _) in records where job.isDone { metrics.ended(job) }
    }

    package var thread: SerialThread { store.thread }

    package func beginTerm() async throws(StoreError) -> LogPosition { try await store.beginTerm() }

    package func end() async throws(StoreError) -> LogPosition { try await store.end() }

    package func open() async throws(StoreError) -> StoreContents { try await store.open() }

    package func apply(_ write: StoreWrite) async throws(StoreError) { try await store.apply(write) }

    package func job(_ id: JobID) async throws(StoreError) -> JobRecord? { try await store.job(id) }

    package func archived(_ id: JobID) async throws(StoreError) -> ArchivedJob? { try await store.archived(id) }

    package func jobs(_ query: JobQuery) async throws(StoreError) -> JobPage { try await store.jobs(query) }

    package func tally(_ query: JobTallyQuery) async throws(StoreError) -> JobTally { try await store.tally(query) }

    package func jobs(
        with keys: Set<IdempotencyKey>
    ) async throws(StoreError) -> [IdempotencyKey: (id: JobID, digest: String)] {
        try await store.jobs(with: keys)
    }

    package func revision(_ number: Int) async throws(StoreError) -> RevisionRecord? {
        try await store.revision(number)
    }

    package func revisions(below number: Int?, limit: Int) async throws(StoreError) -> [RevisionRecord] {
        try await store.revisions(below: number, limit: limit)
    }
}

extension DaemonMetrics {
    fileprivate func ended(_ job: JobRecord) {
        jobsEnded[job.type, job.outcome?.rawValue ?? ""].increment()
        guard let submitted = job.times[.submitted] else { return }
        if let scheduled = job.times[.scheduled] {
            jobWaits[job.mode.rawValue].observe(Self.seconds(submitted, scheduled))
        }
        if let end = job.endedAt {
            let seconds = Self.seconds(submitted, end)
            jobTimes[job.mode.rawValue].observe(seconds)
            durations.add(seconds)
        }
    }

    // A clock that was set back in between makes no negative time.
    private static func seconds(_ begin: Timestamp, _ end: Timestamp) -> Double {
        Double(max(0, end.milliseconds - begin.milliseconds)) / 1000
    }
}
