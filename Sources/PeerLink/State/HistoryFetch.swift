package import Access
import ClusterLog
package import Logging
package import Replication
import Synchronization

/// Has the past of the cluster come to this node, page by page, with a rest behind each: whatever else the node does goes
/// first, and nothing is asked for before it has followed the log to its end. Where it is lies in the store, so that it goes on
/// after a restart.
package final class HistoryFetch: Sendable {
    private let asking: StateAsking
    private let sink: any StateSink
    private let state: any ReplicatedState
    private let time: any TimeSource
    private let log: Logger
    private let board: PastBoard
    private let isComplete: @Sendable () -> Bool
    private let failing = Mutex(false)

    /// Behind a page that was taken, at least; otherwise as long as the page took.
    package static let rest = Duration.milliseconds(50)
    /// Behind a page that took long.
    package static let longestPause = Duration.seconds(2)
    /// While nothing is missing, which a node that was away notices by itself.
    package static let idle = Duration.seconds(2)
    /// While nobody has what is missing.
    package static let longRest = Duration.seconds(30)
    /// Until this node has followed the log to what a page is as of.
    package static let shortRest = Duration.milliseconds(200)

    private static let mostTries = 50

    /// Nothing is asked before ``run()``.
    ///
    /// - Parameters:
    ///   - board: Shown what is missing.
    ///   - isComplete: Whether this node has everything the log has, or had it a moment ago.
    package init(
        _ asking: StateAsking, sink: any StateSink, state: any ReplicatedState, time: any TimeSource, log: Logger,
        board: PastBoard = PastBoard(), isComplete: @escaping @Sendable () -> Bool = { true }
    ) {
        (self.asking, self.sink, self.state, self.time, self.log) = (asking, sink, state, time, log)
        (self.board, self.isComplete) = (board, isComplete)
    }

    /// Fetches what is missing, until the task is cancelled.
    package func run() async {
        while !Task.isCancelled {
            let rest = await fetchNext()
            await time.sleep(until: time.monotonic + rest)
        }
    }

    /// Fetches one page.
    ///
    /// - Returns: How long to wait before the next one.
    package func fetchNext() async -> Duration {
        do throws(StateFault) {
            board.show(try await sink.missingPast())
            guard let page = try await sink.missingPage() else {
                failing.withLock { $0 = false }
                return Self.idle
            }
            guard isComplete() else { return Self.shortRest }
            let begin = time.monotonic
            let rest = await fetch(page, try await generation())
            board.show(try await sink.missingPast())
            return rest == Self.rest ? min(Self.longestPause, max(rest, time.monotonic - begin)) : rest
        } catch {
            report("\(error)")
            return Self.longRest
        }
    }

    private func generation() async throws(StateFault) -> Int {
        do { return try await state.applied().term.generation } catch { throw .store(error) }
    }

    private func fetch(_ page: HistoryPage, _ generation: Int) async -> Duration {
        let request = StateRequest.history(page, generation: generation)
        let asked = await asking.first(request) { (content) throws(StateFault) in try await take(content, for: page) }
        switch asked {
        case .taken:
            failing.withLock { $0 = false }
            return Self.rest
        case .refused(let refusals):
            if refusals.contains(where: { $0.fault == .notYet }) { return Self.shortRest }
            report(refusals.isEmpty ? "no other member is ready" : refusals.map(\.text).joined(separator: "; "))
            return Self.longRest
        }
    }

    /// Others are a little ahead of this node, which follows the log meanwhile.
    private func take(_ content: StateContent, for page: HistoryPage) async throws(StateFault) {
        for _ in 0..<Self.mostTries {
            do throws(StateFault) { return try await sink.take(content, for: page) } catch {
                guard error == .notYet, !Task.isCancelled else { throw error }
            }
            await time.sleep(until: time.monotonic + Self.shortRest)
        }
        throw .notYet
    }

    /// Only the first of several failures is told.
    private func report(_ cause: String) {
        let isFirst = failing.withLock { isFailing in
            defer { isFailing = true }
            return !isFailing
        }
        if isFirst { log.warning("the past of the cluster cannot be had now", metadata: ["cause": "\(cause)"]) }
    }
}
