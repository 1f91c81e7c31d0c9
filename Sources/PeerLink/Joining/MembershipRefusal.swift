/// Why etcd did not change its members, by what that means for whoever wants it changed.
package enum MembershipRefusal: Error, Sendable, Hashable, CustomStringConvertible {
    /// Another one is on its way in: one at a time.
    case otherLearner
    /// Members have not known each other long enough; it passes within some seconds.
    case unsettled
    /// The newcomer has not caught up yet, or was not started; etcd has one message for both.
    case notInSync
    /// It is a member with a vote already.
    case voterAlready
    /// There is no such member.
    case noMember
    /// No answer, or none that is known; the text is etcd's. It is repeated like any other.
    case failed(String)

    /// Reads what etcd says; it has no codes for these.
    package init(reading text: String) {
        self =
            switch true {
            case text.contains("too many learner"): .otherLearner
            case text.contains("unhealthy cluster"), text.contains("not enough started members"): .unsettled
            case text.contains("can only promote a learner member which is in sync"): .notInSync
            case text.contains("can only promote a learner member"): .voterAlready
            case text.contains("member not found"): .noMember
            default: .failed(String(text.prefix(300)))
            }
    }

    /// Whether the same may be done when it is asked for again: etcd settles, or nobody answered.
    package var mayPass: Bool {
        switch self {
        case .unsettled, .failed: true
        case .otherLearner, .notInSync, .voterAlready, .noMember: false
        }
    }

    package var description: String {
        switch self {
        case .otherLearner: "another node is on its way into etcd"
        case .unsettled: "etcd settles"
        case .notInSync: "the node's etcd has not caught up yet"
        case .voterAlready: "the node has a vote already"
        case .noMember: "etcd does not know the node"
        case .failed(let text): "etcd does not answer: \(text)"
        }
    }
}
