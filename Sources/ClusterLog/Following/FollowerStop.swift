extension Follower {
    /// Why a node follows no more.
    package enum Stop: Error, Hashable, CustomStringConvertible {
        /// Another version wrote what this one does not know.
        case unknownLevel(Int, at: Int, from: Int)
        /// The state goes by a level this version does not know.
        case levelInForce(Int)
        /// The entry is none.
        case unreadable(LogEntryError, at: Int)
        /// The entry belongs behind another one than the one before it.
        case brokenChain(at: Int)
        /// A former term appended after a later one.
        case termWentBack(at: Int)
        /// A piece belongs to no batch that was begun.
        case brokenBatch(at: Int)

        /// Whether what this node has is not what the log came to: no other version of the daemon would read on.
        package var isDivergence: Bool {
            switch self {
            case .brokenChain, .termWentBack: true
            case .unknownLevel, .levelInForce, .unreadable, .brokenBatch: false
            }
        }

        /// The level a version has to know for going on; `nil` where none would.
        package var level: Int? {
            switch self {
            case .unknownLevel(let level, _, _), .levelInForce(let level): level
            case .unreadable, .brokenChain, .termWentBack, .brokenBatch: nil
            }
        }

        package var description: String {
            switch self {
            case .unknownLevel(let level, let index, let node):
                "entry \(index) of node \(node) is of level \(level), which this version does not know"
            case .levelInForce(let level): "the cluster is at level \(level), which this version does not know"
            case .unreadable(let error, let index): "entry \(index): \(error)"
            case .brokenChain(let index): "entry \(index) was made behind another entry than the one known here"
            case .termWentBack(let index): "entry \(index) is of a term that was over"
            case .brokenBatch(let index): "entry \(index) is a piece of a batch that never began"
            }
        }
    }
}
