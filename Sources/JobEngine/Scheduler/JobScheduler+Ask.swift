package import Access
import EXAConf
import Synchronization
import Values
import Waiting

/// What is asked of jobs and revisions: none of it needs whoever decides.
extension JobScheduler {
    /// The job of an id as it was last made durable.
    ///
    /// - Parameter principal: Who asks. To the user who asked for the job, and to root, passwords in its result are
    ///   told for as long as the job is in memory; nobody keeps them.
    /// - Throws: ``JobError/Code/jobNotFound``.
    package func record(_ id: JobID, for principal: Principal) async throws(JobError) -> JobRecord {
        await presented(try await environment.record(id, for: principal))
    }

    /// The job of an id as it was last made durable, with `***` in place of passwords.
    ///
    /// - Throws: ``JobError/Code/jobNotFound``, ``JobError/Code/jobExpired`` for one that went to the archive.
    package func record(_ id: JobID) async throws(JobError) -> JobRecord {
        await presented(try await environment.record(id))
    }

    /// A job with what it waits for at this moment, which whoever decides knows.
    private func presented(_ record: JobRecord) async -> JobRecord {
        guard !record.isDone, let driver = try? driver else { return record }
        return await driver.presented([record])[0]
    }

    /// A page of the jobs a query asks for.
    package func jobs(_ query: JobQuery) async throws(JobError) -> JobPage {
        var page = try await environment.asking { (store) throws(StoreError) in try await store.jobs(query) }
        // What the open ones wait for is known here alone.
        if page.jobs.contains(where: { !$0.isDone }), let driver = try? driver {
            page.jobs = await driver.presented(page.jobs)
        }
        return page
    }

    /// How many jobs were asked for in each part of a span, and what became of them.
    package func tally(_ query: JobTallyQuery) async throws(JobError) -> JobTally {
        try await environment.asking { (store) throws(StoreError) in try await store.tally(query) }
    }

    /// A revision with its text.
    ///
    /// - Throws: ``JobError/Code/revisionNotFound``.
    package func revision(_ number: Int) async throws(JobError) -> RevisionRecord {
        try await environment.revision(number)
    }

    /// Revisions without their text, newest first.
    package func revisions(below number: Int?, limit: Int) async throws(JobError) -> [RevisionRecord] {
        try await environment.asking { (store) throws(StoreError) in
            try await store.revisions(below: number, limit: limit)
        }
    }

    /// The cluster as it is now, with the nodes that are suspended.
    package func clusterStatus() -> ClusterStatus { environment.clusterStatus }

    /// Nodes something is owed to that was kept while they were away: they are not ready before they have it.
    package var nodesOwed: Set<Int> { environment.shared.owing.withLock { $0 } }

    /// Whether the store can be read now.
    package var storeAnswers: Bool {
        get async { (try? await environment.store.revisions(below: nil, limit: 1)) != nil }
    }

    // MARK: Waiting

    /// Waits until a job has ended, a time has passed, or the daemon stops. A request waits no longer than its user may know
    /// of the job.
    ///
    /// - Parameter principal: Who is told of it, passwords in its result included as ``record(_:for:)`` has it.
    /// - Returns: The job as it is then.
    /// - Throws: ``JobError/Code/jobNotFound``.
    package func wait(
        for id: JobID, atMost limit: Duration, telling principal: Principal? = nil
    ) async throws(JobError) -> JobRecord {
        let known = try await environment.record(id)
        if !known.isDone, limit > .zero { await wait(in: environment.ends, for: id, atMost: limit) { $0.isDone } }
        if let principal { return try await record(id, for: principal) }
        return try await record(id)
    }

    /// Waits until a job is not what the caller knows of it, a time has passed, or the daemon stops.
    ///
    /// - Parameter record: The job as ``record(_:)`` gave it.
    /// - Returns: The job as it is then.
    /// - Throws: ``JobError/Code/jobNotFound``.
    package func wait(forChangeOf record: JobRecord, atMost limit: Duration) async throws(JobError) -> JobRecord {
        if record.isDone || limit <= .zero { return record }
        await wait(in: environment.changes, for: record.id, atMost: limit) { $0 != record }
        return try await self.record(record.id)
    }

    /// - Parameter isOver: Whether what is waited for has come already.
    private func wait(
        in waiters: Waiters<JobID, Void>, for id: JobID, atMost limit: Duration, _ isOver: (JobRecord) -> Bool
    ) async {
        let deadline = time.monotonic + limit
        guard let login = RequestLogin.current else {
            return await answer(of: waiter(in: waiters, for: id, isOver), by: deadline)
        }
        // Most waits are short: the login is looked after behind that only, or when something changes.
        let first = min(deadline, time.monotonic + Self.shortWait)
        let short = waiter(in: waiters, for: id, isOver)
        await login.answering(short) { await answer(of: short, by: first) }
        let long = waiter(in: waiters, for: id, isOver)
        if !long.isAnswered {
            await long.answer(or: { [environment] in
                await login.wait(until: deadline, on: environment.time) {
                    environment.inMemory(id)?.mayBeTold(to: $0) ?? true
                }
            })
        }
        // Jobs of whoever was removed end with the revision, a moment before their logins are looked at.
        if environment.inMemory(id)?.errorCode == .permissionDenied { await login.confirm() }
    }

    /// So long nobody looks after the login of a request that waits.
    private static let shortWait = Duration.milliseconds(500)

    /// A wait that has its answer already when what is waited for has come.
    private func waiter(
        in waiters: Waiters<JobID, Void>, for id: JobID, _ isOver: (JobRecord) -> Bool
    ) -> Waiter<Void> {
        let waiter = waiters.add(id)
        // A job that is in the store, and that the driver has told nobody of yet, has its work alone; one that others carry may
        // not have been followed yet.
        let hasCome = environment.inMemory(id).map(isOver) ?? !(environment.mayBeUntold(id) || follower.isFollowing)
        if isDraining || hasCome { waiter.resume(returning: ()) }
        return waiter
    }

    private func answer(of waiter: Waiter<Void>, by deadline: Duration) async {
        if waiter.isAnswered { return }
        let alarm = environment.alarms.set(at: deadline) { waiter.resume(returning: ()) }
        defer { environment.alarms.clear(alarm) }
        Turn.current?.end()
        await waiter.answer(whenCancelled: ())
    }

    /// Waits until a revision other than the one given is in force, a time has passed, or the daemon stops.
    package func wait(forRevisionAfter number: Int, atMost limit: Duration) async {
        var reader = EventReader(events, EventFilter(types: ["config.revision"]), from: .now)
        // Whatever is published from here on reaches the reader, so that nothing is missed between the two.
        if configuration.revision != number { return }
        _ = await reader.next(1, atMost: limit, time)
    }
}

extension JobRecord {
    /// Whether whoever waits for the job may still be told of it, with the rights they have now; `nil` for a login that has
    /// ended. A change that is in force may have been what ended it, and has its answer in a moment.
    fileprivate func mayBeTold(to principal: Principal?) -> Bool {
        principal.map(isVisible) ?? (revision != nil)
    }
}

/// What the daemon itself wants to know of databases.
extension JobScheduler {
    /// Whether the jobs that are kept say that a database of this name was made, and was not removed since.
    package func hasMade(database name: String) async -> Bool {
        var query = JobQuery()
        query.types = ["db_create", "db_start", "db_reset", "db_restore", "db_delete"]
        query.outcomes = [.ok]
        query.text = name
        query.limit = 1000
        let jobs = (try? await jobs(query))?.jobs ?? []
        return jobs.first { $0.parameters["db_name"]?.string == name }.map { $0.type != "db_delete" } ?? false
    }

    /// Looks at every database once, so that what happened to one while the daemon was away is noticed.
    package func lookAtDatabases() async {
        for database in configuration.document.databases { await lookAt(database.name) }
    }

    /// The same for one of them.
    package func lookAt(_ database: String) async { _ = await told("db_state", of: database) }
}
