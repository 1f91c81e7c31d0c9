import Synchronization

/// The newest word of each node on what it has; it outlives a term, as it is given to whoever decides, early or late.
final class NodeWords: Sendable {
    private let words = Mutex<[Int: NodeAcknowledgement]>([:])

    /// So many nodes are remembered at most: no cluster has as many.
    private static let most = 10_000

    var all: [NodeAcknowledgement] { words.withLock { $0.values.sorted { $0.node < $1.node } } }

    func add(_ word: NodeAcknowledgement) {
        words.withLock { words in
            if words.count < Self.most || words[word.node] != nil { words[word.node] = word }
        }
    }

    /// The node is another one now, or none.
    func forget(_ node: Int) { words.withLock { $0[node] = nil } }
}

extension NodeAcknowledgement {
    /// As the engine takes it.
    var input: Input { .acknowledged(node: node, revision: revision, at: at) }
}
