import JobEngine

/// How a node gets a vote, as a value: what happened goes in with the time, what is to be done comes out.
///
/// The master drives it. etcd is asked one thing at a time and again until it does it: what it refuses passes, or is in the way
/// of everybody. A newcomer that is silent for a minute is taken out, so that it does not block the next.
package struct Admission: Sendable {
    /// What happened.
    package enum Input: Sendable, Hashable {
        /// It may begin.
        case begin
        /// The newcomer is known to etcd by this number, without a vote.
        case added(UInt64)
        /// It has its vote.
        case promoted
        /// etcd refused what it was asked.
        case refused(MembershipRefusal)
        /// Members on their way in, and which of them answer.
        case learners([UInt64: Bool])
        /// The newcomer was told to start its etcd, and has; or could not be told.
        case started(Bool)
        /// Somebody was taken out.
        case removed
        /// The time of ``nextDue`` has come.
        case due
    }

    /// What is to be done.
    package enum Effect: Sendable, Hashable {
        /// Have etcd know the newcomer, and tell `added` or `refused`.
        case add
        /// Have the newcomer start its etcd, and tell `started`.
        case start(UInt64)
        /// Give it its vote, and tell `promoted` or `refused`.
        case promote(UInt64)
        /// Look who is on its way in, and tell `learners` or `refused`.
        case lookForLearners
        /// Take one out, and tell `removed` or `refused`.
        case remove(UInt64)
        /// Tell whoever waits what is waited for; each text once in a row.
        case say(String)
    }

    /// How it ended.
    package enum End: Sendable, Hashable {
        /// It has its vote.
        case voter
        /// It was taken out again; the text says why.
        case refused(String)
    }

    private enum State: Sendable, Hashable {
        case idle
        case adding
        case starting(UInt64)
        case promoting(UInt64)
        /// Another learner is in the way.
        case looking
        /// It is to be repeated at a time.
        case pausing(until: Duration, then: Retry)
        /// A stranger is taken out, before it is begun again; or the newcomer itself, after which it is over.
        case removing(UInt64, reason: String?)
        case over(End)
    }

    private enum Retry: Sendable, Hashable {
        case add
        case start(UInt64)
        case promote(UInt64)
        case remove(UInt64, reason: String?)
    }

    /// How long nothing may be heard of somebody without a vote.
    package static let silence = Duration.seconds(60)
    /// After what time something is asked again.
    static let pause = Duration.milliseconds(500)

    private let node: Int
    private var state = State.idle
    /// Since when nothing was heard of the newcomer.
    private var silentSince: Duration?
    /// Since when others on their way in do not answer.
    private var silentOthers: [UInt64: Duration] = [:]
    private var said: String?

    private var name: String { ClusterStatus.words(of: node) }

    /// A node that is a member and has no vote.
    package init(node: Int) { self.node = node }

    /// How it ended; `nil` until it has.
    package var end: End? { if case .over(let end) = state { end } else { nil } }

    /// When it has to be told `due`.
    package var nextDue: Duration? { if case .pausing(let until, _) = state { until } else { nil } }

    /// Takes what happened.
    package mutating func handle(_ input: Input, at now: Duration) -> [Effect] {
        switch (state, input) {
        case (.idle, .begin): return go(.adding, .add)
        case (.adding, .added(let id)):
            silentSince = now
            return go(.starting(id), .start(id))
        case (.adding, .refused(.otherLearner)): return go(.looking, .lookForLearners, saying: .otherLearner)
        // It was removed from the cluster meanwhile: nothing that others wait for comes of asking again.
        case (.adding, .refused(.noMember)): return finish(.refused("Node \(node) is no member any more."))
        case (.adding, .refused(let refusal)): return retry(.add, at: now, saying: refusal)
        case (.looking, .learners(let learners)): return judge(learners, at: now)
        case (.looking, .refused(let refusal)): return retry(.add, at: now, saying: refusal)
        case (.starting(let id), .started(true)):
            silentSince = now
            return go(.promoting(id), .promote(id))
        case (.starting(let id), .started(false)): return again(.start(id), of: id, at: now)
        case (.promoting, .promoted), (.promoting, .refused(.voterAlready)): return finish(.voter)
        case (.promoting, .refused(.noMember)):
            return finish(.refused("The etcd of \(name) was taken out while it was on its way in."))
        case (.promoting(let id), .refused(.notInSync)): return again(.promote(id), of: id, at: now)
        // etcd itself does not answer, or settles: that is not the newcomer's fault.
        case (.promoting(let id), .refused(let refusal)):
            silentSince = now
            return retry(.promote(id), at: now, saying: refusal)
        case (.removing(_, let reason?), .removed), (.removing(_, let reason?), .refused(.noMember)):
            return finish(.refused(reason))
        case (.removing, .removed), (.removing, .refused(.noMember)): return go(.adding, .add)
        case (.removing(let id, let reason), .refused(let refusal)):
            return retry(.remove(id, reason: reason), at: now, saying: refusal)
        case (.pausing(let until, let next), .due) where until <= now: return resume(next)
        // An answer to something that was given up, or a time that has not come.
        default: return []
        }
    }

    private mutating func resume(_ next: Retry) -> [Effect] {
        switch next {
        case .add: go(.adding, .add)
        case .start(let id): go(.starting(id), .start(id))
        case .promote(let id): go(.promoting(id), .promote(id))
        case .remove(let id, let reason): go(.removing(id, reason: reason), .remove(id))
        }
    }

    /// Takes somebody out who has been silent; of a former master nobody else knows.
    private mutating func judge(_ learners: [UInt64: Bool], at now: Duration) -> [Effect] {
        silentOthers = silentOthers.filter { learners[$0.key] == false }
        for (id, answers) in learners where !answers && silentOthers[id] == nil { silentOthers[id] = now }
        let dead = silentOthers.filter { now - $0.value >= Self.silence }.keys.min()
        guard let dead else { return retry(.add, at: now, saying: .otherLearner) }
        silentOthers[dead] = nil
        return go(.removing(dead, reason: nil), .remove(dead))
    }

    /// Repeats what needs the newcomer, or takes it out when it has been silent.
    private mutating func again(_ next: Retry, of id: UInt64, at now: Duration) -> [Effect] {
        let since = silentSince ?? now
        silentSince = since
        guard now - since >= Self.silence else { return retry(next, at: now, saying: .notInSync) }
        let reason =
            "The etcd of \(name) did not come up within 60 s and was taken out again; \(name) stays without a vote. Its log is "
            + "logs/etcd.log there."
        return go(.removing(id, reason: reason), .remove(id))
    }

    private mutating func retry(
        _ next: Retry, at now: Duration, saying refusal: MembershipRefusal
    ) -> [Effect] {
        state = .pausing(until: now + Self.pause, then: next)
        return say(refusal.description)
    }

    private mutating func go(
        _ next: State, _ effect: Effect, saying refusal: MembershipRefusal? = nil
    ) -> [Effect] {
        state = next
        return (refusal.map { say($0.description) } ?? []) + [effect]
    }

    private mutating func finish(_ end: End) -> [Effect] {
        state = .over(end)
        return []
    }

    private mutating func say(_ text: String) -> [Effect] {
        guard said != text else { return [] }
        said = text
        return [.say(text)]
    }
}
