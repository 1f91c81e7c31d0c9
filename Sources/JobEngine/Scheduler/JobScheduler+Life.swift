import Access
import Synchronization
import Waiting

/// The life of a scheduler, whoever decides.
extension JobScheduler {
    /// Reads store and file, and settles which configuration counts.
    ///
    /// A node alone takes up the jobs that had not ended. A member of a cluster waits for no election: it has the newest
    /// revision it knows in force and on its disk on return, and ``run()`` tries for a term of office.
    ///
    /// - Parameter reconcilers: What follows the configuration, in this order; what a revision waits for is done on return.
    /// - Throws: ``JobError`` when the store cannot be opened, or there is no configuration that can be used; its message
    ///   names the place and the cure, and the file is as it was.
    package func start(_ reconcilers: [any Reconciler] = []) async throws(JobError) {
        self.reconcilers.begin(reconcilers)
        guard cluster.status.isElected else {
            return try await beginTerm(at: try await TermStart.position(in: environment.store))
        }
        let news = environment.present.ground.feed?.news()
        state.withLock { $0.news = news }
        try await follower.begin(isNew: true)
        await follower.lookAtFile()
        // An edit that is to be handed over is in the place of the file.
        if !follower.hasEdit { await follower.installOnce() }
        if configuration.revision > 0 { await self.reconcilers.ensure(configuration.decided) }
        environment.tellMaster()
    }

    /// Works until ``drain()`` was called and what had begun is done: the scheduler's life as a service.
    ///
    /// Call ``start(_:)`` first. Cancelling the task asks running commands to stop; their jobs are taken up, or taken back,
    /// at the next start.
    package func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.watchFile() }
            group.addTask { await self.events.keepCalling() }
            group.addTask { await self.hearAcknowledgements() }
            group.addTask { await self.liveOnGrounds() }
            await tasks.run()
            group.cancelAll()
        }
        await reconcilers.stop()
    }

    /// Takes no more jobs and lets ``run()`` end; queued jobs stay in the store and go on at the next start.
    package func drain() async {
        let driver = state.withLock { state in
            state.isDraining = true
            return state.driver
        }
        events.close()
        driver?.tell(.drained)
        // Behind that: a wait that ends by it is no end of its job.
        environment.commands.stopWaits()
        terms.resumeAll(returning: ())
        interruptions.resumeAll(returning: ())
        environment.ends.resumeAll(returning: ())
        environment.changes.resumeAll(returning: ())
        environment.edits.refuseAll(.stopping)
        if driver == nil, !cluster.status.isElected { tasks.close() }
    }

    /// Looks at the file's dates now and then, since nobody tells when an editor saved it.
    private func watchFile() async {
        while !Task.isCancelled {
            await time.sleep(until: time.monotonic + environment.settings.fileCheckInterval)
            if Task.isCancelled { return }
            let wasTouched = await environment.runner.configurationWasTouched()
            if follower.isFollowing {
                if wasTouched || follower.hasEdit { await follower.lookAtFile() }
            } else if wasTouched {
                state.withLock { $0.driver }?.tell(.fileTouched)
            }
        }
    }

    /// Has whoever decides hear what other nodes have.
    private func hearAcknowledgements() async {
        for await word in environment.runner.acknowledgements() {
            words.add(word)
            state.withLock { $0.driver }?.tell(word.input)
        }
    }

    // MARK: Grounds

    /// Lives on one ground after the other until the daemon stops.
    private func liveOnGrounds() async {
        // Also when the daemon stops before this begins: the work of the term ends before the tasks it is done by.
        repeat {
            let ground = environment.present.ground
            // From before the state is read: nothing is missed in between.
            let news = state.withLock { $0.news.take() } ?? ground.feed?.news()
            await withDiscardingTaskGroup { group in
                group.addTask { await self.watch(ground.cluster) }
                group.addTask { await self.follower.work() }
                group.addTask { if let news { await self.follow(news) } }
                await carryTerms()
                group.cancelAll()
            }
        } while !Task.isCancelled && !isDraining
        state.withLock { $0.change.take() }?.isAtRest.resume(returning: ())
        tasks.close()
    }

    /// Takes what is applied here. An entry of somebody else ends the term of this node; what was before the term is known.
    private func follow(_ news: AsyncStream<StateNews>) async {
        for await entry in news {
            if let driver = state.withLock({ $0.driver }), !driver.isEnded.isAnswered {
                if entry.isOwn || entry.index <= driver.beginning.index { continue }
                await driver.depose()
            }
            await follower.take(entry)
        }
    }
}
