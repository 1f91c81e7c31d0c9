package import JobEngine

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

    package func apply(_ write: StoreWrite) async throws(StoreError) {
        do throws(StoreError) {
            try await store.apply(write)
        } catch {
            switch error {
            case .full, .unavailable: metrics.storeFailures.increment()
            case .headMoved, .keyTaken: break
            }
            throw error
        }
        for job in write.jobs where job.isDone { metrics.ended(job) }
    }

    package func open() async throws(StoreError) -> StoreContents { try await store.open() }

    package func reserveJobNumbers(_ count: Int) async throws(StoreError) -> Range<Int> {
        try await store.reserveJobNumbers(count)
    }

    package func job(_ id: JobID) async throws(StoreError) -> JobRecord? { try await store.job(id) }

    package func archived(_ id: JobID) async throws(StoreError) -> ArchivedJob? { try await store.archived(id) }

    package func jobs(_ query: JobQuery) async throws(StoreError) -> JobPage { try await store.jobs(query) }

    package func job(
        user: String, idempotencyKey: String
    ) async throws(StoreError) -> (id: JobID, digest: String)? {
        try await store.job(user: user, idempotencyKey: idempotencyKey)
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
        if let end = job.endedAt { jobTimes[job.mode.rawValue].observe(Self.seconds(submitted, end)) }
    }

    // A clock that was set back in between makes no negative time.
    private static func seconds(_ begin: Timestamp, _ end: Timestamp) -> Double {
        Double(max(0, end.milliseconds - begin.milliseconds)) / 1000
    }
}
