import Access
import Logging
import Synchronization
import Waiting

/// What others decided is brought to this node, the newest revision only, and whoever decides is told so.
extension EngineFollower {
    private enum Order {
        case install(PublishedConfiguration)
        case tell(NodeAcknowledgement)
    }

    /// Has a revision brought to this node in place of any before it, unless it is there.
    func want(_ head: PublishedConfiguration, again: Bool = false, isComingBack: Bool = false) {
        guard head.revision > 0 else { return }
        let word = again || environment.installer.installed != head.revision ? nil : word(of: head)
        wake { state in
            state.wanted = word == nil ? head : nil
            if isComingBack { state.isComingBack = word == nil }
            if let word { (state.word, state.hasToTell) = (word, true) }
        }
    }

    /// Another node decides: it does not know what this one has.
    func tellAgain() { wake { $0.hasToTell = $0.word != nil } }

    private func word(of head: PublishedConfiguration) -> NodeAcknowledgement {
        NodeAcknowledgement(
            node: environment.cluster.status.ownNode, revision: head.revision, at: environment.now)
    }

    private func wake(_ change: (inout State) -> Void) {
        let idle = state.withLock { state in
            change(&state)
            return state.idle.take()
        }
        idle?.resume(returning: ())
    }

    /// Brings what is wanted to this node, once, whether that goes well or not: what is left is done by ``work()``.
    func installOnce() async {
        if let head = state.withLock({ $0.wanted }) { _ = await install(head) }
    }

    /// Brings revisions to this node until the task is cancelled.
    func work() async {
        while !Task.isCancelled {
            switch next() {
            case .success(.tell(let word)): await environment.runner.acknowledge(word)
            case .success(.install(let head)):
                if await install(head) { continue }
                await environment.time.sleep(until: environment.time.monotonic + EngineState.pause)
            case .failure(let idle):
                guard idle.hasToTell else {
                    await idle.waiter.answer(whenCancelled: ())
                    continue
                }
                // That the log is known is no news of its own.
                let (time, due) = (environment.time, environment.time.monotonic + EngineState.pause)
                await idle.waiter.answer(or: { await time.sleep(until: due) })
            }
        }
    }

    /// There is nothing to do before this is answered.
    private struct Idle: Error {
        let waiter: Waiter<Void>
        /// There is a word to be given as soon as the log is known.
        let hasToTell: Bool
    }

    private func next() -> Result<Order, Idle> {
        // Before that the state may be of another life of this node, whose revisions have the same numbers.
        let isOfTheLog = environment.cluster.status.age != nil
        return state.withLock { state in
            if let head = state.wanted { return .success(.install(head)) }
            if isOfTheLog, state.hasToTell, let word = state.word {
                state.hasToTell = false
                return .success(.tell(word))
            }
            let waiter = Waiter<Void>()
            state.idle = waiter
            return .failure(Idle(waiter: waiter, hasToTell: state.hasToTell && state.word != nil))
        }
    }

    /// - Returns: Whether it is there, or is wanted no more.
    private func install(_ head: PublishedConfiguration) async -> Bool {
        do throws(InstallError) {
            let isThere = try await environment.installer.install(head) != nil
            if isThere {
                // What was in the place of the file is kept aside.
                settle(obstacle: nil, of: head.revision)
                await environment.reconcilers.follow(head.decided)
            }
            let word = isThere && isFollowing ? word(of: head) : nil
            state.withLock { state in
                if state.wanted?.revision == head.revision { (state.wanted, state.isComingBack) = (nil, false) }
                if let word { (state.word, state.hasToTell) = (word, true) }
            }
            return true
        } catch {
            environment.logger.error(
                "revision could not be installed", metadata: ["revision": "\(head.revision)", "cause": "\(error)"])
            // It is in force all the same: whoever lost a right has lost it.
            await environment.reconcilers.ensure(head.decided)
            return false
        }
    }
}
