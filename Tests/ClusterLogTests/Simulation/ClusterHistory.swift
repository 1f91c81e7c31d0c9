@testable import ClusterLog

/// What was seen of a cluster from outside: what clients asked and were told, what was written to etcd, and what members
/// made of it.
struct ClusterHistory {
    enum Answer: Hashable {
        /// It is done, and will stay so.
        case acknowledged
        /// It is not done, and never will be.
        case refused
        /// Nobody can say.
        case unknown
    }

    struct Place: Hashable, Comparable {
        let generation: Int
        let index: Int
        static func < (left: Place, right: Place) -> Bool {
            (left.generation, left.index) < (right.generation, right.index)
        }
    }

    struct Write: Hashable {
        let bytes: [UInt8]
        let by: Int
    }

    struct Acknowledged: Hashable {
        let place: Place
        let member: Int
        let term: Term
    }

    struct State: Hashable {
        let member: Int
        let place: Place
        let operations: [Int]
    }

    struct FreshRead: Hashable {
        let member: Int
        let askedAt: Int
        let index: Int
        let generation: Int
    }

    var answers: [Int: Answer] = [:]
    /// When and where an operation was acknowledged.
    var acknowledgedAt: [Int: (time: Int, place: Place)] = [:]
    /// Everything that was ever put at an index, in order.
    var writes: [Place: [Write]] = [:]
    var terms: [Place: Term] = [:]
    /// The entries writers were told are theirs.
    var appended: [Acknowledged] = []
    /// What members had after each change they applied or took from another one.
    var states: [State] = []
    /// Members that applied something that was not the next.
    var jumps: [State] = []
    var reads: [FreshRead] = []
    /// Which generation was made from which place, of which generation before.
    var bases: [Int: Place] = [:]
    /// What was wrong when everything should have come right; `nil` when all was well.
    var unrest: String?
}
