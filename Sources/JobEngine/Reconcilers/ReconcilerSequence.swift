import Access
import Logging
import Synchronization
import Values
import Waiting

/// A configuration everyone is to bring about, numbered in the order they were given.
struct ReconcilerOrder: Sendable {
    let number: Int
    let configuration: DecidedConfiguration
    /// Whether somebody asked for another look at everything.
    var isAgain = false
}

/// Reconcilers that follow the configuration one after the other, in the order of their list.
///
/// What comes while they are at it waits, and only the newest of it. One that takes too long is left behind, so that it
/// holds up the others once and no more; it goes on to the newest when it has ended. A pass changes threads only where a
/// reconciler does.
final class ReconcilerSequence: Sendable {
    private let state: Mutex<State>
    private let progress: Mutex<[ReconcilerProgress]>
    private let reconcilers: [any Reconciler]
    private let time: any TimeSource
    private let logger: Logger
    private let executor: (any TaskExecutor)?

    init(
        _ reconcilers: [any Reconciler], time: any TimeSource, logger: Logger, executor: (any TaskExecutor)? = nil
    ) {
        self.reconcilers = reconcilers
        self.executor = executor
        self.time = time
        self.logger = logger
        state = Mutex(State(tracks: reconcilers.map { _ in Track() }))
        let now = Timestamp(milliseconds: Int(time.now))
        progress = Mutex(reconcilers.map { _ in ReconcilerProgress(at: now) })
    }

    /// How each stands now.
    var statuses: [ReconcilerStatus] {
        let now = time.monotonic
        return zip(reconcilers, progress.withLock { $0 }).map { reconciler, progress in
            ReconcilerStatus(
                name: reconciler.name, moment: reconciler.moment, revision: progress.revision,
                fault: progress.finding(at: now), since: progress.since, failures: progress.failures,
                note: reconciler.note)
        }
    }

    /// Gives everyone a configuration.
    ///
    /// - Returns: A wait that ends when each has brought it about, or something newer, has failed, or is late, and after 5 s
    ///   at the latest.
    func take(_ order: ReconcilerOrder) -> Waiter<Void> {
        let end = Waiter<Void>()
        state.withLock { state in
            guard !state.isStopped else {
                end.resume(returning: ())
                return
            }
            if order.number > state.newest?.number ?? 0 { state.newest = order }
            state.wanted = state.newest
            state.waiting.append(wait(for: state.newest?.number ?? 0, end))
            if state.pass == nil { begin(&state) }
        }
        return end
    }

    /// Tries nothing again from now on.
    ///
    /// - Returns: A wait that ends when what was given before is through, and after 5 s at the latest.
    func stop() -> Waiter<Void> {
        let end = Waiter<Void>()
        state.withLock { state in
            state.isStopped = true
            for track in state.tracks { track.alarm?.cancel() }
            if state.pass == nil { end.resume(returning: ()) } else { state.waiting.append(wait(for: .max, end)) }
        }
        return end
    }

    private func wait(for number: Int, _ waiter: Waiter<Void>) -> Wait {
        Wait(number: number, due: time.monotonic + ReconcilerProgress.patience, waiter: waiter)
    }

    // MARK: Passes

    private func begin(_ state: inout State) {
        guard let order = state.wanted else {
            (state.pass, state.carrier) = (nil, nil)
            return state.answer { _ in true }
        }
        state.wanted = nil
        carry(order, from: 0, on: executor, &state)
        // Owned by `watch`: ends when it wakes and there is nothing to watch. One alarm serves many passes.
        if state.watch == nil { state.watch = Task { await watchOver() } }
    }

    private func carry(
        _ order: ReconcilerOrder, from index: Int, on executor: (any TaskExecutor)?, _ state: inout State
    ) {
        state.passes += 1
        let number = state.passes
        state.pass = Pass(number: number, order: order, index: index, reached: time.monotonic)
        // Owned by `carrier` until it is through, or another goes on without the one that holds it up.
        state.carrier = Task(executorPreference: executor) { await self.go(number) }
    }

    private func go(_ number: Int) async {
        while let (index, order) = step(of: number) {
            await attempt(index, order)
            let goesOn = state.withLock { state in
                guard state.pass?.number == number else { return false }
                state.pass?.index += 1
                state.pass?.reached = time.monotonic
                return true
            }
            guard goesOn else { return }
        }
        state.withLock { state in
            guard let pass = state.pass, pass.number == number else { return }
            state.answer { $0.number <= pass.order.number }
            begin(&state)
        }
    }

    /// Where a pass is, `nil` when it is through or another goes on in its place.
    private func step(of number: Int) -> (index: Int, order: ReconcilerOrder)? {
        state.withLock { state in
            guard let pass = state.pass, pass.number == number, state.tracks.indices.contains(pass.index) else {
                return nil
            }
            return (pass.index, pass.order)
        }
    }

    /// Goes on without the one that takes too long, and lets nobody wait longer than may be.
    private func watchOver() async {
        while let due = nextLook() {
            await time.sleep(until: due)
            let now = time.monotonic
            let late = state.withLock { state -> Pass? in
                state.answer { $0.due <= now }
                guard let pass = state.pass, pass.reached + ReconcilerProgress.patience <= now else { return nil }
                // Whoever takes too long may hold up the threads it was on.
                carry(pass.order, from: pass.index + 1, on: nil, &state)
                return pass
            }
            guard let late else { continue }
            logger.warning(
                "configuration not followed in time",
                metadata: [
                    "reconciler": "\(reconcilers[late.index].name)", "revision": "\(late.order.configuration.revision)",
                ])
        }
    }

    private func nextLook() -> Duration? {
        state.withLock { state in
            if state.lookAt == nil { state.watch = nil }
            return state.lookAt
        }
    }

    // MARK: Attempts

    private enum Turn {
        case own
        /// It is busy; its end is to be waited for.
        case after(Waiter<Void>)
        case late
    }

    /// Has one bring about a configuration; of one that is busy, the end is waited for if it is not late already.
    private func attempt(_ index: Int, _ order: ReconcilerOrder, isRetry: Bool = false) async {
        switch turn(of: index) {
        case .late: return
        case .after(let end): return await end.answer()
        case .own: break
        }
        await bring(index, to: order, isRetry: isRetry)
        while let newer = end(index) { await bring(index, to: newer, isRetry: false) }
    }

    private func turn(of index: Int) -> Turn {
        state.withLock { state in
            guard state.tracks[index].isBusy else {
                state.tracks[index].alarm?.cancel()
                state.tracks[index].alarm = nil
                state.tracks[index].isBusy = true
                return .own
            }
            state.tracks[index].isBehind = true
            if progress.withLock({ $0[index].isLate(at: time.monotonic) }) { return .late }
            let end = Waiter<Void>()
            state.tracks[index].waiting.append(end)
            return .after(end)
        }
    }

    /// Ends what one was busy with.
    ///
    /// - Returns: What came meanwhile and is to be brought about now; `nil` when it is idle.
    private func end(_ index: Int) -> ReconcilerOrder? {
        state.withLock { state in
            if state.tracks[index].isBehind, let newest = state.newest {
                state.tracks[index].isBehind = false
                return newest
            }
            state.tracks[index].isBusy = false
            for waiter in state.tracks[index].waiting { waiter.resume(returning: ()) }
            state.tracks[index].waiting = []
            setAlarm(index, &state)
            return nil
        }
    }

    private func bring(_ index: Int, to order: ReconcilerOrder, isRetry: Bool) async {
        let began = time.monotonic
        progress.withLock { $0[index].begin(at: began) }
        let former = state.withLock { $0.tracks[index].done }
        let fault = await fault(of: reconcilers[index], from: former, to: order.configuration)
        if fault == nil { state.withLock { $0.tracks[index].done = order.configuration } }
        let now = Timestamp(milliseconds: Int(time.now))
        let formerFault = progress.withLock { progress in
            defer { progress[index].end(fault, revision: order.configuration.revision, at: now) }
            return progress[index].fault
        }
        let metadata: Logger.Metadata = [
            "reconciler": "\(reconcilers[index].name)", "revision": "\(order.configuration.revision)",
        ]
        if let fault {
            // What is tried again tells nothing new; what somebody asked for is answered.
            guard !isRetry, order.isAgain || fault != formerFault else { return }
            logger.warning("configuration not followed", metadata: metadata.merging(["cause": "\(fault)"]) { $1 })
        } else if formerFault != nil {
            logger.notice("configuration followed again", metadata: metadata)
        }
    }

    private func fault(
        of reconciler: any Reconciler, from former: DecidedConfiguration?, to latest: DecidedConfiguration
    ) async -> String? {
        do {
            try await reconciler.reconcile(from: former, to: latest)
            return nil
        } catch {
            return "\(error)"
        }
    }

    private func setAlarm(_ index: Int, _ state: inout State) {
        guard !state.isStopped, let pause = progress.withLock({ $0[index].pause }) else { return }
        let due = time.monotonic + pause
        // Owned by the track: cancelled when something newer comes, and when the daemon stops.
        state.tracks[index].alarm = Task {
            await time.sleep(until: due)
            if !Task.isCancelled { await retry(index) }
        }
    }

    private func retry(_ index: Int) async {
        let newest = state.withLock { state in
            // What is under way is not cancelled by whoever comes next.
            state.tracks[index].alarm = nil
            return state.isStopped ? nil : state.newest
        }
        if let newest { await attempt(index, newest, isRetry: true) }
    }
}
