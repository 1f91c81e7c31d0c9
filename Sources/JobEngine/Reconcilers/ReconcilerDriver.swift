package import Access
package import Logging
import Synchronization
import Waiting

/// Has everything that follows the configuration brought to its newest revision, off the engine's actor.
///
/// What is to be done before a node acknowledges comes first, in the order of the list; then, in its own time, the rest.
/// Whatever fails is tried again after a second, then after twice as long each time, up to a minute.
package final class ReconcilerDriver: Sendable {
    /// How long a node waits before it acknowledges a revision all the same.
    package static let patience = ReconcilerProgress.patience

    private struct State {
        var first: ReconcilerSequence
        var rest: ReconcilerSequence
        var number = 0
        var newest: DecidedConfiguration?
    }

    private let state: Mutex<State>
    private let time: any TimeSource
    private let logger: Logger
    private let executor: (any TaskExecutor)?

    /// Nothing follows the configuration before ``begin(_:)``.
    ///
    /// - Parameter executor: Whose threads they run on until they go elsewhere; `nil` for those everybody shares.
    package init(time: any TimeSource, logger: Logger, executor: (any TaskExecutor)? = nil) {
        self.time = time
        self.logger = logger
        self.executor = executor
        let nobody = ReconcilerSequence([], time: time, logger: logger, executor: executor)
        state = Mutex(State(first: nobody, rest: nobody))
    }

    /// Has these follow the configuration, from the next one on.
    package func begin(_ reconcilers: [any Reconciler]) {
        let (time, logger, executor) = (time, logger, executor)
        let sequence = { (moment: ReconcilerMoment) in
            ReconcilerSequence(
                reconcilers.filter { $0.moment == moment }, time: time, logger: logger, executor: executor)
        }
        state.withLock { state in
            (state.first, state.rest) = (sequence(.beforeAcknowledging), sequence(.afterwards))
        }
    }

    /// How each stands now: those a revision waits for first.
    package var statuses: [ReconcilerStatus] {
        let (first, rest) = state.withLock { ($0.first, $0.rest) }
        return first.statuses + rest.statuses
    }

    /// Has everyone bring about a configuration.
    ///
    /// Returns when what is to be done before it is acknowledged is done or has failed, after 5 s at the latest.
    package func follow(_ configuration: DecidedConfiguration) async {
        _ = await give { _ in configuration }
    }

    /// The same for a configuration they may have been given before: then nothing happens.
    package func ensure(_ configuration: DecidedConfiguration) async {
        if state.withLock({ $0.newest?.revision != configuration.revision }) { await follow(configuration) }
    }

    /// Has everyone look at everything again, as after files were changed by hand.
    ///
    /// Returns when each has done so or has failed, after 10 s at the latest.
    package func again() async {
        guard let rest = await give(isAgain: true, { $0 }) else { return }
        await rest.answer()
    }

    /// Tries nothing again from now on; returns when what was begun is done, after 10 s at the latest.
    package func stop() async {
        let (first, rest) = state.withLock { ($0.first, $0.rest) }
        await first.stop().answer()
        await rest.stop().answer()
    }

    /// - Returns: The wait for those who follow afterwards.
    private func give(
        isAgain: Bool = false, _ configuration: (DecidedConfiguration?) -> DecidedConfiguration?
    ) async -> Waiter<Void>? {
        let given = state.withLock { (state) -> (ReconcilerOrder, State)? in
            guard let newest = configuration(state.newest) else { return nil }
            state.newest = newest
            state.number += 1
            return (ReconcilerOrder(number: state.number, configuration: newest, isAgain: isAgain), state)
        }
        guard let (order, state) = given else { return nil }
        await state.first.take(order).answer()
        return state.rest.take(order)
    }
}
