import Support

/// What happens to a cluster in one history: made from a seed, and made smaller when the history went wrong.
package struct SimulationPlan: Sendable, Hashable {
    struct Request: Hashable {
        var at: Int
        /// Distinct in a plan.
        var number: Int
        var isRead: Bool
        /// It makes a revision.
        var isChange: Bool
        /// Its idempotency key.
        var key: Int?
    }

    struct Fault: Hashable {
        enum Kind: Hashable {
            case crash, pause, cutOff, deaf, mute
            case leaderChange, loss, slow, full, blindWatch
            case trim, newEtcd, rollback
            case diskFull, handOver
            /// The member of etcd beside it has lost the others. Its watches go on telling that there is nothing to tell.
            case minority
        }

        var at: Int
        var kind: Kind
        /// The member it happens to, where it happens to one.
        var member: Int
        var lasts: Int
    }

    /// What it was made from.
    package var seed: UInt64
    var members: Int
    var requests: [Request]
    var faults: [Fault]
    /// What a payload may have before it is split.
    var limit: Int
    /// When the last fault is over and everything has to come right.
    var calmAt: Int

    /// In milliseconds.
    static let rest = 25_000

    /// The plan of a seed.
    package init(seed: UInt64) {
        self.seed = seed
        var random = SequenceGenerator(seed: seed ^ 0x5EED)
        members = 3 + Int.random(in: 0...4, using: &random)
        limit = [8, 20, 400].randomElement(using: &random) ?? 400
        calmAt = 22_000
        let calm = calmAt
        requests = (0..<Int.random(in: 20...50, using: &random)).map { number in
            Request(
                at: Int.random(in: 500...(calm + 10_000), using: &random), number: number,
                isRead: Int.random(in: 0..<3, using: &random) == 0, isChange: Bool.random(using: &random),
                key: Bool.random(using: &random) ? Int.random(in: 0..<4, using: &random) : nil)
        }
        // Some of them come close together, so that something waits while something is on its way.
        for place in requests.indices.dropFirst() where Int.random(in: 0..<3, using: &random) == 0 {
            requests[place].at = requests[place - 1].at + Int.random(in: 0...30, using: &random)
        }
        let kinds: [Fault.Kind] = [
            .crash, .pause, .cutOff, .deaf, .mute, .leaderChange, .loss, .slow, .full, .blindWatch, .trim, .newEtcd,
            .loss, .slow, .pause, .cutOff, .rollback, .diskFull, .handOver,
        ]
        let count = members
        faults = (0..<Int.random(in: 2...9, using: &random)).map { _ in
            Fault(
                at: Int.random(in: 1_000..<calm - 6_000, using: &random),
                kind: kinds.randomElement(using: &random) ?? .crash,
                member: Int.random(in: 1...count, using: &random),
                lasts: Int.random(in: 100...6_000, using: &random))
        }
        // Some mistakes show only when two things happen at once.
        for fault in faults where Int.random(in: 0..<3, using: &random) == 0 {
            var other = fault
            other.kind = [.slow, .loss, .crash, .pause, .trim].randomElement(using: &random) ?? .loss
            other.at = max(1_000, fault.at - Int.random(in: 0...500, using: &random))
            faults.append(other)
        }
        // Longer than it takes others to elect somebody and to go on.
        for place in faults.indices where faults[place].kind == .pause {
            faults[place].lasts = min(faults[place].lasts * 2, calm - faults[place].at)
        }
        if seed % 8 == 6 {
            // Longer than what a member knows may be old.
            let member = 1 + Int(seed / 8 % UInt64(count))
            faults.append(Fault(at: 3_000, kind: .minority, member: member, lasts: 16_000))
        }
        faults.sort { $0.at < $1.at }
    }
}

extension SimulationPlan.Fault {
    /// Whether it is over at some time, and does not happen at once.
    var isLasting: Bool {
        switch kind {
        case .trim, .newEtcd, .rollback, .handOver: false
        case .crash, .pause, .cutOff, .deaf, .mute, .leaderChange, .loss, .slow, .full, .blindWatch, .diskFull,
            .minority:
            true
        }
    }
}

extension SimulationPlan.Fault: CustomStringConvertible {
    var description: String {
        let span = "for \(lasts) ms"
        return switch kind {
        case .crash: "member \(member) loses power, and is back after \(lasts) ms"
        case .pause: "member \(member) is stopped \(span)"
        case .cutOff: "member \(member) is cut off \(span)"
        case .deaf: "member \(member) hears nothing \(span), what it says arrives"
        case .mute: "what member \(member) says is lost \(span), it hears"
        case .leaderChange: "etcd has no leader \(span)"
        case .loss: "a third of all messages is lost \(span)"
        case .slow: "requests take seconds \(span)"
        case .full: "etcd has no room \(span)"
        case .blindWatch: "watches miss some of what happens \(span)"
        case .trim: "the log is trimmed to its last 3 entries"
        case .rollback: "etcd is put back to what it was \(lasts) ms ago"
        case .minority: "etcd of member \(member) has lost the others \(span)"
        case .diskFull: "the disk of member \(member) is full \(span)"
        case .handOver: "whoever decides hands over to member \(member)"
        case .newEtcd: "a new etcd is made from the state of member \(member)"
        }
    }
}
