package import ClusterLog

/// What a member knows of itself and its cluster at one moment.
package struct MemberView: Sendable, Hashable {
    /// Why this node does not apply what it should; it goes on by itself, unless the entry cannot be read.
    package enum Obstacle: Sendable, Hashable, CustomStringConvertible {
        /// There is no room; the text is the store's.
        case noRoom(String)
        /// The store fails; the text is its own.
        case store(String)
        /// A newer version wrote what this one cannot read.
        case unreadable(String, at: Int)

        package var description: String {
            switch self {
            case .noRoom(let text): "there is no room for what the cluster decided: \(text)"
            case .store(let text): "what the cluster decided cannot be stored: \(text)"
            case .unreadable(let text, let index):
                "entry \(index) cannot be read, so nothing behind it is applied: \(text)"
            }
        }
    }

    /// A term of this node that is over.
    package struct PastTerm: Sendable, Hashable {
        /// The term.
        package let term: Term
        /// Why it is over.
        package let reason: Election.Reason
    }

    /// Which etcd of the cluster is followed.
    package internal(set) var generation: Int
    /// The newest entry that is applied.
    package internal(set) var applied: LogPlace
    /// What may stand in the log, by what is applied.
    package internal(set) var level: Int
    /// Whether everything this node has heard of is applied.
    package internal(set) var isFollowing = false
    /// Who holds the election, `nil` while nobody does, or nobody has confirmed it for ``Vitality/old``; whether it has begun to
    /// decide is known to itself alone.
    package internal(set) var master: MasterKey?
    /// The term this node was elected for, from then on to its end.
    package internal(set) var term: Term?
    /// Whether that term may begin: everything before it is applied.
    package internal(set) var mayBegin = false
    /// The term of this node that ended last.
    package internal(set) var past: PastTerm?
    /// Members that are there, as they say of themselves; this node alone while others are not known of for ``Vitality/old``.
    package internal(set) var present: [Int: MemberKey] = [:]
    /// Whether so many members are there that changes are taken.
    package internal(set) var hasQuorum = false
    /// Why this node may not take part.
    package internal(set) var quarantine: Vitality.Quarantine?
    /// Why it follows no more.
    package internal(set) var stop: Follower.Stop?
    /// What keeps it from applying.
    package internal(set) var obstacle: Obstacle?
    /// It was told to stop, and has.
    package internal(set) var isOver = false

    /// Why nothing this node has is what the cluster has, in words; `nil` for a node that may be believed.
    package internal(set) var doubt: String?

    init(generation: Int, applied: LogPlace, level: Int) {
        (self.generation, self.applied, self.level) = (generation, applied, level)
    }
}
