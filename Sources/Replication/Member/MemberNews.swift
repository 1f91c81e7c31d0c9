package import JobEngine
import Synchronization

/// Tells the engine of a member what was applied, one reader at a time.
final class MemberNews: Sendable {
    private struct State {
        var reader: AsyncStream<StateNews>.Continuation?
        var isOver = false
    }

    private let state = Mutex(State())

    /// What is told from now on; whoever read before is told nothing more.
    func stream() -> AsyncStream<StateNews> {
        let (stream, reader) = AsyncStream<StateNews>.makeStream()
        let former = state.withLock { state in
            defer { state.reader = reader }
            if state.isOver { reader.finish() }
            return state.reader
        }
        former?.finish()
        return stream
    }

    func tell(_ news: StateNews) { state.withLock { $0.reader }?.yield(news) }

    /// Nothing is told any more.
    func end() {
        let reader = state.withLock { state in
            state.isOver = true
            return state.reader.take()
        }
        reader?.finish()
    }
}

extension StateNews {
    /// What an engine is told of the records of an entry.
    init(of records: [ReplicatedRecord], index: Int, isOwn: Bool) {
        let decided = records.compactMap(\.logRecord)
        let beginsTerm = records.contains { if case .termBegun = $0 { true } else { false } }
        self.init(decided, index: index, beginsTerm: beginsTerm, isOwn: isOwn)
    }
}

extension ReplicatedStore: StateFeed {
    /// What the member applies from now on; it ends when the member does.
    package func news() -> AsyncStream<StateNews> { member.news.stream() }
}
