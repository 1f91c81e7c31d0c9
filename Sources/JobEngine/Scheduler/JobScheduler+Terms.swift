import Access
import Logging
import Synchronization
import Waiting

/// Terms of office, and how the node lives between them.
extension JobScheduler {
    /// Carries terms as long as the ground is the same and the daemon does not stop.
    func carryTerms() async {
        while !Task.isCancelled {
            if let driver = state.withLock({ $0.isLeft ? nil : $0.driver }) {
                await driver.isEnded.answer(whenCancelled: ())
                leave(driver)
            }
            if isDraining || Task.isCancelled { return }
            if await givesWay() { return }
            do throws(JobError) {
                if cluster.status.isElected, !follower.isFollowing { try await follower.begin(isNew: false) }
                if let position = try await nextTerm() { try await beginTerm(at: position) }
            } catch {
                logger.error("no term could be begun", metadata: ["cause": "\(error)"])
                let due = time.monotonic + EngineState.pause
                await interruption().answer(or: { [time] in await time.sleep(until: due) })
            }
        }
    }

    /// Begins a term at its first entry.
    func beginTerm(at position: LogPosition) async throws(JobError) {
        let driver = try await TermStart(environment, follower).driver(at: position, tasks)
        let isMaster = cluster.status.isMaster
        let (isDraining, isChanging) = state.withLock { state in
            state.driver = driver
            (state.isConfirmed, state.isLeft) = (isMaster, false)
            return (state.isDraining, state.change != nil)
        }
        for word in words.all { driver.tell(word.input) }
        // What is owed to nodes that left before the term is owed to nobody.
        let status = cluster.status
        for node in environment.shared.owing.withLock({ $0 }).sorted()
        where status.isElected && status.members[node] == nil { driver.tell(.left(node: node)) }
        if isDraining { driver.tell(.drained) }
        if isChanging { await driver.depose() }
        terms.resumeAll(returning: ())
    }

    /// Waits for a term; others are followed meanwhile.
    ///
    /// - Returns: The entry that began it; `nil` when something else has to be seen to first.
    /// - Throws: ``JobError`` when none can be begun now.
    private func nextTerm() async throws(JobError) -> LogPosition? {
        let interruption = interruption()
        defer { interruption.resume(returning: ()) }
        let store = environment.store
        let begun = await withTaskGroup { group -> Result<LogPosition, StoreError>? in
            group.addTask { () -> Result<LogPosition, StoreError>? in
                do throws(StoreError) {
                    return .success(try await store.beginTerm())
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                await interruption.answer()
                return nil
            }
            let first = await group.next() ?? nil
            interruption.resume(returning: ())
            group.cancelAll()
            return first
        }
        switch begun {
        case .success(let position): return position
        case .failure(let error): throw JobError(.internal, "\(error)")
        case nil: return nil
        }
    }

    /// A wait that ends when the daemon stops or the ground is to change, at once when that is so already.
    private func interruption() -> Waiter<Void> {
        let waiter = interruptions.add(0)
        if state.withLock({ $0.isDraining || $0.change != nil }) { waiter.resume(returning: ()) }
        return waiter
    }

    /// Lets go of a term that is over: nobody waits for it any more.
    private func leave(_ driver: EngineDriver) {
        environment.edits.refuseAll(.noTerm)
        environment.ends.resumeAll(returning: ())
        environment.changes.resumeAll(returning: ())
        let isElected = cluster.status.isElected
        let isGone = state.withLock { state in
            state.isLeft = true
            // Who waits while the ground changes waits for the term that comes then.
            if isElected, state.change == nil, state.driver === driver { state.driver = nil }
            return state.driver == nil
        }
        if isGone { terms.resumeAll(returning: ()) }
    }

    // MARK: The cluster

    /// Goes by what the cluster says of itself.
    func watch(_ cluster: any Cluster) async {
        var former: ClusterStatus?
        for await status in cluster.changes() {
            environment.tellMaster()
            await take(status, after: former)
            former = status
        }
    }

    private func take(_ status: ClusterStatus, after former: ClusterStatus?) async {
        guard status.isElected else { return }
        let driver = state.withLock { state in
            if status.isMaster { state.isConfirmed = true }
            return state.driver
        }
        for (node, member) in (former?.members ?? [:]).sorted(by: { $0.key < $1.key })
        where status.members[node]?.id != member.id {
            words.forget(node)
            driver?.tell(.left(node: node))
        }
        driver?.hear(status)
        if let master = status.master, master != former?.master, !status.isMaster { follower.tellAgain() }
        guard let driver, !status.isMaster else { return }
        // What is told of the time before the term began is no word against it.
        if state.withLock({ $0.isConfirmed && $0.driver === driver }) { await driver.depose() }
        guard status.master != nil, driver.isEnded.isAnswered else { return }
        state.withLock { if $0.driver === driver { $0.driver = nil } }
        terms.resumeAll(returning: ())
    }
}
