package import Access
import ClusterLog
package import Logging
package import Replication
import Synchronization

/// Has the past of the cluster come to this node, page by page, with a rest behind each: whatever else the node does goes
/// first. Where it is lies in the store, so that it goes on after a restart.
package final class HistoryFetch: Sendable {
    private let asking: StateAsking
    private let sink: any StateSink
    private let state: any ReplicatedState
    private let time: any TimeSource
    private let log: Logger
    private let failing = Mutex(false)

    /// Behind a page that was taken.
    package static let rest = Duration.milliseconds(50)
    /// While nothing is missing, or nobody has it.
    package static let longRest = Duration.seconds(30)
    /// Until this node has followed the log to what a page is as of.
    package static let shortRest = Duration.milliseconds(200)

    private static let mostTries = 50

    /// Nothing is asked before ``run()``.
    package init(
        _ asking: StateAsking, sink: any StateSink, state: any ReplicatedState, time: any TimeSource, log: Logger
    ) {
        (self.asking, self.sink, self.state, self.time, self.log) = (asking, sink, state, time, log)
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
            guard let page = try await sink.missingPage() else {
                failing.withLock { $0 = false }
                return Self.longRest
            }
            return await fetch(page, try await generation())
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
