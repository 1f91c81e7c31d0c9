/// Which of several hosts is asked next when one does not answer, or cannot: each once, and then, as long as one of them says that
/// a master is on its way, all of them again.
struct HostSearch: Equatable {
    /// Why there is no answer yet.
    enum Miss: Equatable {
        /// Nothing was heard of the host.
        case silent
        /// A node answered, but for the time being nobody decides there: it named a master that is silent, or none.
        case undecided
        /// A node answered that is cut off from the others, or on its way to them; another one may be better off.
        case apart
    }

    /// Seconds for which hosts are asked again: an election takes the lease of the cluster, 10 s where nothing else is set.
    static let patience = Duration.seconds(30)
    /// Between two rounds through the hosts.
    static let pause = Duration.seconds(1)

    private let count: Int
    /// The host to ask, as its place among those that are known.
    private(set) var index: Int
    private var misses = 0
    private var isUndecided = false

    /// - Parameter index: The host to begin with.
    init(count: Int, from index: Int = 0) {
        (self.count, self.index) = (count, index)
    }

    /// Goes on to the next host.
    ///
    /// - Parameter elapsed: Since the first host was asked.
    /// - Returns: How long to wait before that; `nil` when it is of no use to go on.
    mutating func next(after miss: Miss, elapsed: Duration) -> Duration? {
        // One host is asked once: its answer is told.
        guard count > 1 else { return nil }
        misses += 1
        isUndecided = isUndecided || miss == .undecided
        index = (index + 1) % count
        if misses % count != 0 { return .zero }
        defer { isUndecided = false }
        return isUndecided && elapsed + Self.pause <= Self.patience ? Self.pause : nil
    }
}

extension HostSearch.Miss {
    /// What a refusal says of the node, by its code; `nil` for one that every node would give.
    init?(code: String?) {
        switch code {
        case "no-master": self = .undecided
        case "no-quorum", "behind", "joining": self = .apart
        default: return nil
        }
    }
}
