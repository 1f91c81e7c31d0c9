package import JobEngine
import Synchronization
import Waiting

/// Tells the engine of a member what was applied, one reader at a time.
///
/// What waits for the reader is bounded: one that does not keep up is told of a leap in place of all it has not taken, and reads
/// the state instead.
final class MemberNews: Sendable {
    private struct State {
        /// Counts readers, of whom the last one is told; 0 before there was any.
        var reader = 0
        /// What was not taken, with the bytes of its entry.
        var waiting: [(news: StateNews, size: Int)] = []
        /// Of all of them.
        var size = 0
        /// Wakes the reader.
        var arrival: Waiter<Void>?
        var isOver = false
    }

    private let state = Mutex(State())

    /// So many entries wait at most.
    static let most = 1_024
    /// So many bytes of them at most.
    static let largest = 64 << 20

    /// What is told from now on; whoever read before is told nothing more.
    func stream() -> AsyncStream<StateNews> {
        let (number, former) = state.withLock { state in
            state.reader += 1
            (state.waiting, state.size) = ([], 0)
            return (state.reader, state.arrival.take())
        }
        former?.resume(returning: ())
        return AsyncStream { await self.next(for: number) }
    }

    /// - Parameter size: Of the entry, in bytes.
    func tell(_ news: StateNews, size: Int = 0) {
        let arrival = state.withLock { state in
            guard state.reader > 0, !state.isOver else { return Waiter<Void>?.none }
            state.waiting.append((news, size))
            state.size += size
            if state.waiting.count > Self.most || state.size > Self.largest {
                let isOwn = state.waiting.allSatisfy(\.news.isOwn)
                (state.waiting, state.size) = ([(StateNews(leapTo: news.index, isOwn: isOwn), 0)], 0)
            }
            return state.arrival.take()
        }
        arrival?.resume(returning: ())
    }

    /// Nothing is told any more but what waits.
    func end() {
        let arrival = state.withLock { state in
            state.isOver = true
            return state.arrival.take()
        }
        arrival?.resume(returning: ())
    }

    private enum Step {
        case told(StateNews)
        case over
        case wait(Waiter<Void>)
    }

    /// - Returns: `nil` once somebody else reads, or there is no more.
    private func next(for number: Int) async -> StateNews? {
        while !Task.isCancelled {
            switch step(of: number) {
            case .told(let news): return news
            case .over: return nil
            case .wait(let arrival): await arrival.answer(whenCancelled: ())
            }
        }
        return nil
    }

    private func step(of number: Int) -> Step {
        state.withLock { state in
            guard state.reader == number else { return .over }
            guard state.waiting.isEmpty else {
                let first = state.waiting.removeFirst()
                state.size -= first.size
                return .told(first.news)
            }
            if state.isOver { return .over }
            let arrival = Waiter<Void>()
            state.arrival = arrival
            return .wait(arrival)
        }
    }
}

extension StateNews {
    /// What an engine is told of the records of an entry. Jobs are read by whoever wants them, and not on the thread of the member.
    init(of records: [ReplicatedRecord], index: Int, isOwn: Bool) {
        let beginsTerm = records.contains { if case .termBegun = $0 { true } else { false } }
        self.init(
            reading: { records.compactMap(\.logRecord) }, index: index, beginsTerm: beginsTerm, isOwn: isOwn)
    }
}

extension ReplicatedStore: StateFeed {
    /// What the member applies from now on; it ends when the member does.
    package func news() -> AsyncStream<StateNews> { member.news.stream() }
}
