import Access
import EXAConf
import Logging
import Synchronization

/// The lane: one job at a time changes the configuration, or one batch of jobs that only edit it.
extension JobScheduler {
    /// Serves the lane until the scheduler is drained.
    func runLane() async {
        for await _ in laneSignals {
            await adoptTouchedFile()
            while !isDraining, let first = lane.first {
                laneHolder = first
                if live[first]?.isPureChange == true {
                    await decideBatch(takeBatch())
                } else {
                    lane.remove(first)
                    await runInLane(first)
                }
            }
            laneHolder = nil
        }
    }

    /// The jobs in front that only edit the configuration.
    private func takeBatch() -> [JobID] {
        var batch: [JobID] = []
        while batch.count < settings.batchLimit, let next = lane.first, live[next]?.isPureChange ?? true {
            lane.remove(next)
            batch.append(next)
        }
        return batch
    }

    /// Runs a job with commands while nobody else changes the configuration.
    private func runInLane(_ id: JobID) async {
        await adoptTouchedFile()
        guard let job = live[id], job.isReady else { return }
        if let obstacle = configuration.obstacle { return await carryOut(id, handle(.declined(obstacle), for: id)) }
        if let conflict = await conflict(of: job, with: configuration) {
            return await carryOut(id, handle(.declined(conflict), for: id))
        }
        guard live[id]?.isReady == true else { return }
        let (examined, action) = examine(job, against: configuration)
        live[id] = examined
        await carryOut(id, action)
    }

    /// Examines, decides and distributes jobs that only edit the configuration, in one go.
    private func decideBatch(_ ids: [JobID]) async {
        await adoptTouchedFile()
        var candidates: [(id: JobID, output: Value?)] = []
        var losers: [JobID] = []
        var base = configuration
        let obstacle = base.obstacle
        for id in ids {
            guard let job = live[id], job.isReady else { continue }
            if let obstacle {
                await carryOut(id, handle(.declined(obstacle), for: id))
                continue
            }
            if let expected = job.record.expectedRevision, expected != base.revision {
                losers.append(id)
                continue
            }
            let (examined, action) = examine(job, against: base)
            live[id] = examined
            guard action == .conclude else {
                await carryOut(id, action)
                continue
            }
            candidates.append((id, (try? examined.plan?.output([])) ?? nil))
            // Each job of the batch is examined against what the ones before it will have made.
            if let proposal = propose(id, after: base) { base = proposal }
        }
        if !candidates.isEmpty { await settle(candidates) }
        await refuse(losers)
    }

    /// Declines the jobs of a batch that were made for another revision.
    ///
    /// What they lost to counts only once it is decided: one that fits all the same is examined in a batch of its own.
    private func refuse(_ losers: [JobID]) async {
        for id in losers {
            guard let job = live[id], job.isReady else { continue }
            if let conflict = await conflict(of: job, with: configuration) {
                await carryOut(id, handle(.declined(conflict), for: id))
            } else {
                await decideBatch([id])
            }
        }
    }

    private func settle(_ candidates: [(id: JobID, output: Value?)]) async {
        do throws(JobError) {
            let actions = try await decide(candidates)
            let distributing = zip(candidates, actions).filter { $0.1 == .install }.map(\.0.id)
            if !distributing.isEmpty { _ = await distribute(distributing) }
            for ((id, _), action) in zip(candidates, actions) {
                if action == .install {
                    await end(id)
                } else {
                    await carryOut(id, action)
                }
            }
        } catch {
            for (id, _) in candidates { await carryOut(id, handle(.concludingFailed(error), for: id)) }
        }
    }

    private func end(_ id: JobID) async {
        if live[id]?.pipeline.phase == .ended { await carryOut(id, .end) }
    }

    /// Writes the new revisions and their jobs as one change of the store; after it the newest of them is the truth.
    ///
    /// - Returns: What each job has to do next, in their order.
    /// - Throws: ``JobError`` when the store refused or failed; then nothing was decided.
    func decide(_ jobs: [(id: JobID, output: Value?)]) async throws(JobError) -> [Pipeline.Action] {
        var write = StoreWrite()
        write.expectedHead = configuration.revision
        var head = configuration
        var actions: [Pipeline.Action] = []
        let before = jobs.map { live[$0.id]?.pipeline }
        for (id, output) in jobs {
            let proposal = live[id]?.proposal
            let kept = keepingSecrets(of: output, revision: proposal?.revision, of: id)
            actions.append(handle(.concluded(output: kept, revision: proposal?.revision), for: id))
            guard let job = live[id] else { continue }
            if !job.record.scheduling.isVolatile { write.jobs.append(job.record) }
            write.suspensions.merge(job.plan?.suspensions ?? [:]) { _, later in later }
            guard let proposal else { continue }
            write.revisions.append(proposal.record)
            write.endedLogins.formUnion(
                EndedLogins.between(head.document, proposal.document, by: proposal.record.user))
            head = proposal
        }
        if let error = await apply(decision: write) {
            // Nothing was decided: each job stands where it stood.
            for ((id, _), pipeline) in zip(jobs, before) {
                if let pipeline { live[id]?.pipeline = pipeline }
            }
            logger.error("revision could not be decided", metadata: ["cause": "\(error)"])
            throw JobError(error)
        }
        for record in write.jobs { keep(record) }
        publish(head)
        tell(write.revisions)
        return actions
    }

    /// Makes a decision durable.
    ///
    /// A store that fails may have done it all the same, so it is asked, and not asked to do it again.
    ///
    /// - Returns: Why nothing was decided, `nil` when it was.
    private func apply(decision write: StoreWrite) async -> StoreError? {
        do throws(StoreError) {
            try await store.apply(write)
            return nil
        } catch {
            if case .headMoved = error { await readHead() }
            return await isDecided(write) ? nil : error
        }
    }

    private func isDecided(_ write: StoreWrite) async -> Bool {
        guard let newest = write.revisions.last else { return false }
        while true {
            do throws(StoreError) {
                let stored = try await store.revision(newest.number)
                return stored?.job == newest.job && stored?.sha256 == newest.sha256
            } catch {
                logger.error("decision is unknown", metadata: ["revision": "\(newest.number)", "cause": "\(error)"])
            }
            if isDraining { return false }
            await time.sleep(until: time.monotonic + .seconds(1))
        }
    }

    /// Takes over the head somebody else has decided.
    private func readHead() async {
        guard let newest = try? await store.revisions(below: nil, limit: 1).first,
            let head = try? await store.revision(newest.number), head.number != configuration.revision,
            let document = try? Document(parsing: head.text)
        else { return }
        publish(configuration.following(document, head))
        tell([head])
        _ = await installHead()
    }

    /// Makes the revision a job asks for out of the configuration its plan left; `nil` when nothing has to change.
    func propose(_ id: JobID, after base: PublishedConfiguration) -> PublishedConfiguration? {
        guard let job = live[id], let edited = job.edited,
            let draft = DraftRevision(
                edited, number: base.revision + 1, forced: job.plan?.makesRevision ?? false)
        else { return nil }
        let record = draft.record(job: id, user: job.record.requester.name, reason: job.record.intent, at: now)
        let proposal = base.following(draft.document, record)
        live[id]?.proposal = proposal
        return proposal
    }

    /// Brings the newest revision to the nodes and tells the jobs whose revisions are part of it.
    func distribute(_ ids: [JobID]) async -> Pipeline.Action {
        guard let head = await installHead() else { return .nothing }
        let complete = !head.acknowledgements.contains { $0.state == .missing }
        var action = Pipeline.Action.nothing
        var write = StoreWrite()
        for id in ids {
            action = handle(.acknowledged(head.acknowledgements, complete: complete), for: id)
            guard let record = live[id]?.record, let revision = record.revision else { continue }
            write.acknowledgements[revision] = head.acknowledgements
            if !record.scheduling.isVolatile { write.jobs.append(record) }
        }
        do throws(StoreError) {
            try await store.apply(write)
            for record in write.jobs { keep(record) }
        } catch {
            // The jobs' own ends are stored, and tried again, one by one.
            logger.error("acknowledgements could not be stored", metadata: ["cause": "\(error)"])
        }
        return action
    }

    /// Brings the newest revision to the nodes; tries again while that fails, as a decided revision is never taken back.
    ///
    /// - Returns: The revision with who has it, `nil` when the daemon stops instead.
    func installHead() async -> RevisionRecord? {
        while true {
            let configuration = configuration
            var head = configuration.record
            do throws(InstallError) {
                head.acknowledgements = try await runner.install(head, suspended: configuration.suspendedNodes)
                for observer in observers {
                    await observer.configurationChanged(to: configuration.document, revision: configuration.revision)
                }
                tellMaster()
                return head
            } catch {
                logger.error(
                    "revision could not be installed",
                    metadata: ["revision": "\(configuration.revision)", "cause": "\(error)"])
            }
            if isDraining { return nil }
            await time.sleep(until: time.monotonic + .seconds(1))
        }
    }

    func publish(_ configuration: PublishedConfiguration) {
        published.withLock { $0 = configuration }
    }

    /// Notes the nodes a job that ended well suspended or resumed.
    func note(_ suspensions: [Int: Bool]) {
        published.withLock { published in
            for (node, isSuspended) in suspensions {
                if isSuspended { published.suspendedNodes.insert(node) } else { published.suspendedNodes.remove(node) }
            }
        }
        events.publish(suspensions.sorted { $0.key < $1.key }.map { .node($0.key, isSuspended: $0.value) })
    }
}
