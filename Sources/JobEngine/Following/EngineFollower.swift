import Access
import EXAConf
import Logging
import Synchronization
import Waiting

/// Follows what others decide, as long as this node is in no term of office: what everybody reads, events, and the file of
/// this node.
final class EngineFollower: Sendable {
    struct State {
        /// What was applied up to here was in the store when this node began to follow.
        var through = 0
        /// News that came while the store is read; `nil` when it is not.
        var held: [StateNews]?
        /// What is to be brought to this node.
        var wanted: PublishedConfiguration?
        /// Whether this node has not had the newest revision with its files since it began to follow.
        var isComingBack = true
        /// The newest word that was given, and whether it has to be given.
        var word: NodeAcknowledgement?
        var hasToTell = false
        /// Whether an edit of this node is to be handed over once more.
        var hasEdit = false
        /// How often this node ceased to follow.
        var ends = 0
        /// The newest entry that came between two followings and of which those who read events have to hear: a term of somebody
        /// else, or another state.
        var missed: Int?
        /// Wakes whoever brings revisions to this node.
        var idle: Waiter<Void>?
    }

    let environment: EngineEnvironment
    let state = Mutex(State())

    init(_ environment: EngineEnvironment) {
        self.environment = environment
    }

    /// Whether this node follows, and has not had the newest revision with its files since it began to.
    var isComingBack: Bool { state.withLock { $0.isComingBack } }

    /// Whether others are followed.
    var isFollowing: Bool { environment.shared.followed.withLock { $0 != nil } }

    // MARK: Begin and end

    /// Begins to follow with what the store holds.
    ///
    /// - Parameter isNew: Whether those who follow events have missed some.
    /// - Throws: ``JobError`` when the store, or its newest revision, cannot be read.
    func begin(isNew: Bool) async throws(JobError) {
        // What comes from here on is in what is read, or is told.
        let ends = state.withLock { state in
            state.held = state.held ?? []
            return state.ends
        }
        do throws(JobError) {
            let (index, contents) = try await environment.asking { (store) throws(StoreError) in
                (try await store.end().index, try await store.open())
            }
            let former = environment.configuration
            let followed = try FollowedState(contents, after: former)
            // A term of this node may have begun while the state was read.
            guard state.withLock({ $0.ends }) == ends else { return }
            // Before anybody reads what is not in its places yet.
            if environment.installer.installed != followed.head.revision { state.withLock { $0.isComingBack = true } }
            if isNew { environment.events.begin(epoch: index) }
            environment.shared.followed.withLock { $0 = followed }
            beginMissed()
            forgetWork(besides: followed.jobs)
            publish(followed.head)
            environment.shared.owing.withLock { $0 = followed.owing }
            if followed.head.revision != former.revision { environment.events.publish([followed.head.record.fact]) }
            state.withLock { $0.through = index }
            want(followed.head, isComingBack: true)
        } catch {
            state.withLock { $0.held = nil }
            throw error
        }
        while let news = nextHeld() { follow(news) }
    }

    /// Those who read events hear of a term that began, or of a state that was taken over, while nobody followed.
    private func beginMissed() {
        guard let index = state.withLock({ $0.missed.take() }) else { return }
        // One that was told since has said as much.
        if index > environment.events.epoch { environment.events.begin(epoch: index) }
    }

    private func nextHeld() -> StateNews? {
        state.withLock { state in
            if state.held?.isEmpty ?? true {
                state.held = nil
                return nil
            }
            return state.held?.removeFirst()
        }
    }

    /// This node decides: the state is no longer that of others.
    func end() {
        state.withLock { state in
            state.ends += 1
            (state.held, state.wanted, state.isComingBack) = (nil, nil, false)
            (state.hasToTell, state.hasEdit) = (false, false)
            state.missed = nil
        }
        environment.shared.followed.withLock { $0 = nil }
    }

    // MARK: News

    /// Takes what was applied here, whoever appended it.
    func take(_ news: StateNews) async {
        let isFollowing = isFollowing
        let isHeld = state.withLock { state in
            if !isFollowing, news.isLeap || (news.beginsTerm && !news.isOwn) { state.missed = news.index }
            guard !news.isLeap, state.held != nil else { return false }
            state.held?.append(news)
            return true
        }
        if isHeld { return }
        if news.isLeap { await leap() } else { follow(news) }
    }

    /// The state became that of another node: nothing that was known holds.
    private func leap() async {
        environment.installer.forget()
        environment.shared.recent.withLock { $0.removeAll() }
        while isFollowing, !Task.isCancelled {
            do throws(JobError) {
                try await begin(isNew: true)
                environment.changes.resumeAll(returning: ())
                environment.ends.resumeAll(returning: ())
                return
            } catch {
                environment.logger.error("the state cannot be read", metadata: ["cause": "\(error)"])
                miss(error)
                await environment.time.sleep(until: environment.time.monotonic + EngineState.pause)
            }
        }
    }

    private func follow(_ news: StateNews) {
        guard isFollowing else { return }
        // A term of this node tells of itself. One that was in what was read is told of as well.
        if news.beginsTerm, !news.isOwn, news.index > environment.events.epoch {
            environment.events.begin(epoch: news.index)
            tellAgain()
        }
        if news.index <= state.withLock({ $0.through }) { return }
        var news = news.read()
        var document: Document?
        do throws(JobError) {
            document = try news.document()
        } catch {
            environment.logger.error("what was decided cannot be read", metadata: ["cause": "\(error)"])
            // Whoever waits for a job that came with it is told of its end all the same.
            news = news.withoutRevisions
            // Who lost a right by it has it here still: this node says that it is not to be asked.
            miss(error)
        }
        // In the order of the log, and nothing once this node decides.
        environment.shared.followed.withLock { followed in
            for effect in followed?.take(news, document) ?? [] { perform(effect) }
        }
    }

    private func miss(_ error: JobError) {
        environment.shared.followed.withLock { followed in
            for effect in followed?.miss(error) ?? [] { perform(effect) }
        }
    }

    private func perform(_ effect: FollowedState.Effect) {
        switch effect {
        case .changed(let job, let facts):
            forgetWork(of: job)
            environment.events.publish(facts)
            environment.changes.resume(job.id, returning: ())
        case .ended(let job, let facts):
            environment.shared.recent.withLock { $0.insert(job) }
            environment.work.remove(job.id)
            environment.commands.forget(job.id)
            environment.events.publish(facts)
            environment.changes.resume(job.id, returning: ())
            environment.ends.resume(job.id, returning: ())
        case .published(let configuration):
            publish(configuration)
        case .told(let facts): environment.events.publish(facts)
        case .owing(let nodes): environment.shared.owing.withLock { $0 = nodes }
        case .install: want(environment.configuration)
        }
    }

    /// Secrets of a job stay for a term that finds it as it was here; somebody else went on with this one.
    private func forgetWork(of job: JobRecord) {
        environment.work.update(job.id) { work in
            if work.pipeline.map({ !$0.record.isSame(as: job) }) ?? false { work.pipeline = nil }
        }
    }

    /// What a term of this node left of jobs that others went on with while nobody followed: a later term would take it for what
    /// they are.
    private func forgetWork(besides open: [JobID: JobRecord]) {
        for id in environment.work.keep(open) {
            environment.commands.forget(id)
            environment.changes.resume(id, returning: ())
            environment.ends.resume(id, returning: ())
        }
    }

    private func publish(_ configuration: PublishedConfiguration) {
        environment.shared.published.withLock { $0 = configuration }
    }

    /// Says whether the file of this node is in the way of being followed.
    func settle(obstacle: JobError?, of revision: Int) {
        environment.shared.followed.withLock { followed in
            for effect in followed?.settle(obstacle: obstacle, of: revision) ?? [] { perform(effect) }
        }
    }
}
