import JobEngine
import Synchronization
import Values
import Waiting

/// Which revision each node has said it has, for who decides here.
final class AcknowledgementBoard: Sendable {
    private struct State {
        var newest: [Int: NodeAcknowledgement] = [:]
        /// Nodes of which the reader has not heard the newest.
        var untold: Set<Int> = []
        var reader: AsyncStream<Void>.Continuation?
    }

    private let state = Mutex(State())

    /// Takes a node's word.
    func insert(_ told: NodeAcknowledgement) {
        state.withLock { state in
            // Also a lower one: the node may have joined anew. One that was long on its way is followed by what holds now.
            if state.newest[told.node] == told { return }
            state.newest[told.node] = told
            state.untold.insert(told.node)
            state.reader?.yield()
        }
    }

    /// What is known, and what becomes known; the reader before this one is told that there is no more.
    func acknowledgements() -> AsyncStream<NodeAcknowledgement> {
        // Of a node only the newest word waits for the reader, however slow that is.
        let (news, tell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let former = state.withLock { state in
            defer { state.reader = tell }
            state.untold = Set(state.newest.keys)
            return state.reader
        }
        former?.finish()
        tell.yield()
        let reading = Reading(self, news)
        return AsyncStream(unfolding: { await reading.next() }, onCancel: { tell.finish() })
    }

    fileprivate func takeUntold() -> NodeAcknowledgement? {
        state.withLock { state in state.untold.popFirst().flatMap { state.newest[$0] } }
    }

    /// How other members say which revision they have; answered by who decides alone.
    func route(_ cluster: any Cluster) -> PeerRoute {
        PeerRoute("ack") { (question) async throws(PeerFault) in
            guard let node = question.node, let revision = question.body["revision"]?.int,
                let at = question.body["at"]?.int, revision >= 0
            else { throw PeerFault(.malformed, "The question names no revision.") }
            guard cluster.status.isMaster else { throw PeerFault(.refused, "This node does not decide.") }
            self.insert(NodeAcknowledgement(node: node, revision: revision, at: Timestamp(milliseconds: at)))
            return .value([:])
        }
    }
}

/// One reading of a board.
private actor Reading {
    private let board: AcknowledgementBoard
    private let news: AsyncStream<Void>

    init(_ board: AcknowledgementBoard, _ news: AsyncStream<Void>) {
        (self.board, self.news) = (board, news)
    }

    /// - Returns: `nil` once somebody else reads, or nobody.
    func next() async -> NodeAcknowledgement? {
        var iterator = news.makeAsyncIterator()
        while true {
            if Task.isCancelled { return nil }
            if let told = board.takeUntold() { return told }
            guard await iterator.next(isolation: self) != nil else { return nil }
        }
    }
}
