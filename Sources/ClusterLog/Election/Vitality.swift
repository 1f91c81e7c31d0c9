/// What a node knows of itself and the others: who is there, whether it hears etcd, and whether it may be believed.
package struct Vitality: Sendable {
    /// What happened.
    package enum Input: Sendable, Hashable {
        /// Time has passed.
        case due
        /// The watch was opened and stands at this moment of the log.
        case watchOpened
        /// The watch told something, or that there is nothing to tell. It lives; what it tells may be old all the same.
        case heard
        /// A member's key was written, or is gone with its lease.
        case member(Int, Member?)
        /// Nodes nobody waits for.
        case suspended(Set<Int>)
        /// The newest entry as etcd reads it for all its members; `asked` is when it was asked for, and `own` is
        /// ``Follower/known`` of then, not of when the answer came.
        case tailRead(LogPlace, own: LogPlace?, asked: Duration)
        /// Another etcd of this cluster is followed from here on.
        case generationChanged
    }

    /// What is to be done.
    package enum Effect: Sendable, Hashable {
        /// Open the watch at another member of etcd.
        case reconnect
        /// Read the newest entry, and tell `tailRead`.
        case readTail
        /// Tell people; this node takes part in nothing until it joins anew or another etcd is made.
        case quarantine(Quarantine)
    }

    /// Why a node cannot be believed, or etcd cannot.
    package enum Quarantine: Sendable, Hashable, CustomStringConvertible {
        /// It has entries etcd does not have (any more).
        case knowsMore(from: Int, to: Int)
        /// It has another entry at this index than etcd has.
        case differs(at: Int)

        package var description: String {
            switch self {
            case .knowsMore(let first, let last): "entries \(first) to \(last) are known here and not to etcd"
            case .differs(let index): "entry \(index) is another one here than in etcd"
            }
        }
    }

    /// What a member says of itself.
    package struct Member: Sendable, Hashable {
        /// The newest entry it has applied.
        package var applied: Int
        /// Whether it has all that is needed to decide.
        package var isReady: Bool

        /// A member as its key says.
        package init(applied: Int, isReady: Bool) {
            self.applied = applied
            self.isReady = isReady
        }
    }

    /// How far the log went at a moment, as more than half of etcd say.
    package struct Confirmation: Sendable, Hashable {
        /// When that was asked for: what came later may be missing.
        package let at: Duration
        /// The index of the newest entry.
        package let index: Int
    }

    /// A watch that is silent for so long is given up: it tells something every 2 s.
    package static let silence = Duration.seconds(6)
    /// After so long without knowing the log to be complete, reads are refused.
    package static let old = Duration.seconds(10)
    /// The newest entry is to be read so often at least, so that two reads in a row may be lost before reads are refused.
    package static let confirmation = Duration.seconds(3)
    /// The whole is compared so often, whatever the watch says.
    package static let comparison = Duration.seconds(600)

    /// This node.
    let node: Int
    /// The nodes that are members, whether there or not.
    package var members: Set<Int>
    /// Whether a machine that is no node has a vote. It counts as one that is there: without it etcd itself decides nothing where
    /// no more than half of the nodes are left.
    package var hasWitness = false
    /// Those with a lease.
    package private(set) var present: [Int: Member] = [:]
    private(set) var suspended: Set<Int> = []
    /// Why this node may not take part, for good.
    package private(set) var quarantine: Quarantine?
    private var heardAt: Duration
    private var comparedAt: Duration
    /// The newest one. A watch makes none: a member of etcd that is cut off from the others goes on telling that there is
    /// nothing to tell.
    package private(set) var confirmed: Confirmation?
    private var isOpen = false

    /// A node that has heard nothing yet.
    package init(node: Int, members: Set<Int>, at now: Duration) {
        self.node = node
        self.members = members
        heardAt = now
        comparedAt = now
    }

    /// How old what this node knows may be; `nil` when it never knew.
    package func age(at now: Duration) -> Duration? { confirmed.map { max(.zero, now - $0.at) } }

    /// Whether what this node knows is too old to be told: reads, who decides, and who is there.
    package func isBehind(at now: Duration) -> Bool { age(at: now).map { $0 >= Self.old } ?? true }

    /// Whether so many members are there that changes are taken: more than half of those not suspended, from three on. Of whom
    /// nothing is known but old things is not there.
    package func hasQuorum(at now: Duration) -> Bool {
        if members.count < 3 { return true }
        let counted = members.subtracting(suspended)
        let witnesses = hasWitness ? 1 : 0
        let there = counted.filter { present[$0] != nil }.count + witnesses
        return !isBehind(at: now) && 2 * there > counted.count + witnesses
    }

    /// The lowest index all members have applied that are there, `nil` when none is.
    package var appliedByAll: Int? { present.values.map(\.applied).min() }

    /// Whether this node may be elected: `followed` is its place with nothing left to apply, `tail` the newest entry.
    package func mayCampaign(followed: LogPlace?, tail: LogPlace?, isReady: Bool) -> Bool {
        guard let followed, let tail else { return false }
        return quarantine == nil && isReady && followed == tail && !suspended.contains(node)
    }

    /// When `due` is to be told.
    package var nextDue: Duration { min(heardAt + Self.silence, comparedAt + Self.comparison) }

    /// Takes what happened at a time of this node's clock.
    package mutating func handle(_ input: Input, at now: Duration) -> [Effect] {
        switch input {
        case .due: break
        case .watchOpened:
            isOpen = true
            heardAt = now
        case .heard:
            // What a watch says that was given up says nothing of those after it.
            if isOpen { heardAt = now }
        case .member(let node, let member): present[node] = member
        case .suspended(let nodes): suspended = nodes
        case .tailRead(let tail, let own, let asked):
            // An answer may be overtaken by that to a later question.
            if asked >= confirmed?.at ?? asked { confirmed = Confirmation(at: asked, index: tail.index) }
            return compare(own, with: tail, at: now)
        case .generationChanged:
            (quarantine, confirmed, present, isOpen) = (nil, nil, [:], false)
            return [.reconnect, .readTail]
        }
        return due(at: now)
    }

    private mutating func due(at now: Duration) -> [Effect] {
        var effects: [Effect] = []
        if now >= heardAt + Self.silence {
            (isOpen, heardAt) = (false, now)
            effects.append(.reconnect)
        }
        if now >= comparedAt + Self.comparison {
            comparedAt = now
            effects.append(.readTail)
        }
        return effects
    }

    private mutating func compare(_ own: LogPlace?, with tail: LogPlace, at now: Duration) -> [Effect] {
        comparedAt = now
        guard let own else { return due(at: now) }
        var found: Quarantine?
        if own.index > tail.index { found = .knowsMore(from: tail.index + 1, to: own.index) }
        if own.index == tail.index, own.chain != tail.chain { found = .differs(at: own.index) }
        guard quarantine == nil, let found else { return due(at: now) }
        quarantine = found
        return [.quarantine(found)] + due(at: now)
    }
}
