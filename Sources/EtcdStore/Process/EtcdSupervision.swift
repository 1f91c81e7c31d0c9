/// What is done about an etcd of our own, as a value: what happened goes in with the time, what is to be done comes out.
///
/// It is looked for before it is started, so that one that runs since before the daemon's start is adopted. One that ends
/// unasked is started again after pauses that grow. Times are monotonic.
package struct EtcdSupervision: Sendable {
    /// What happened.
    package enum Input: Sendable, Hashable {
        /// It is to run.
        case wanted
        /// One was looked for: this one runs, or none.
        case found(EtcdRun?)
        /// It was started.
        case started(EtcdRun)
        /// It was not started, or not looked for.
        case refused(EtcdRefusal)
        /// Whether it answered that all is well.
        case answered(EtcdRun, Bool)
        /// A run has ended.
        case ended(EtcdRun, EtcdEnd)
        /// It leads no more, or nobody could make it stop leading.
        case resigned
        /// It is to end.
        case unwanted
        /// The time of ``nextDue`` has come.
        case due
    }

    /// What is to be done.
    package enum Effect: Sendable, Hashable {
        /// Look whether one runs, and tell `found`.
        case look
        /// Start one, and tell `started`.
        case start
        /// Tell `ended` when it has.
        case watch(EtcdRun)
        /// Ask whether it is well, and tell `answered`.
        case ask(EtcdRun)
        /// Have another member lead, and tell `resigned`.
        case resign
        /// Ask it to end.
        case terminate(EtcdRun)
        /// End it.
        case kill(EtcdRun)
    }

    enum State: Sendable, Hashable {
        case idle
        case looking
        case starting
        case running(EtcdRun, since: Duration, askAt: Duration?)
        case pausing(until: Duration)
        case resigning(EtcdRun, until: Duration)
        case ending(EtcdRun, until: Duration)
        case killed(EtcdRun)
        case over
    }

    /// Pauses before a start, each twice the former one, up to the longest.
    static let (firstPause, longestPause) = (Duration.milliseconds(500), Duration.seconds(60))
    /// How long it has to run well until it counts as a first end again.
    static let soundAfter = Duration.seconds(60)
    /// Before it is looked again whether a refusal, or the lack of room, still holds.
    static let retry = Duration.seconds(30)
    /// Between questions whether it is well: until it is, and from then on.
    static let (firstAsk, usualAsk) = (Duration.milliseconds(250), Duration.seconds(5))
    /// How long it may be silent until that is a finding.
    static let patience = Duration.seconds(30)
    /// How long it has for having another member lead, and for ending.
    static let (resignIn, endIn) = (Duration.seconds(3), Duration.seconds(10))

    private(set) var state = State.idle
    private var isUnwanted = false
    private var ends = 0
    private var wellSince: Duration?
    private var lastWell: Duration = .zero
    /// What there is to say of it; `nil` while all is well.
    package private(set) var finding: EtcdFinding?

    /// One nothing is known of yet.
    package init() {}

    /// The process it has, while there is one.
    package var run: EtcdRun? {
        switch state {
        case .running(let run, _, _), .resigning(let run, _), .ending(let run, _), .killed(let run): run
        case .idle, .looking, .starting, .pausing, .over: nil
        }
    }

    /// Whether it runs and was well when it was last asked.
    package var isWell: Bool { if case .running = state { wellSince != nil } else { false } }

    /// Whether nothing more will happen: it was to end, and has.
    package var isOver: Bool { state == .over }

    /// When `due` is to be told.
    package var nextDue: Duration? {
        switch state {
        case .running(_, _, let askAt): askAt
        case .pausing(let until), .resigning(_, let until), .ending(_, let until): until
        case .idle, .looking, .starting, .killed, .over: nil
        }
    }

    /// Takes what happened.
    package mutating func handle(_ input: Input, at now: Duration) -> [Effect] {
        switch input {
        case .wanted:
            guard state == .idle else { return [] }
            state = .looking
            return [.look]
        case .found(let run): return found(run, at: now)
        case .started(let run): return state == .starting ? take(run, at: now) : []
        case .refused(let refusal): return refused(refusal, at: now)
        case .answered(let run, let isWell): return run == self.run ? answered(isWell, at: now) : []
        case .ended(let run, let end): return run == self.run ? ended(end, at: now) : []
        case .resigned:
            guard case .resigning(let run, _) = state else { return [] }
            return terminate(run, at: now)
        case .unwanted: return stop(at: now)
        case .due: return due(at: now)
        }
    }

    private mutating func found(_ run: EtcdRun?, at now: Duration) -> [Effect] {
        guard state == .looking else { return [] }
        if let run { return take(run, at: now) }
        if isUnwanted {
            state = .over
            return []
        }
        state = .starting
        return [.start]
    }

    private mutating func take(_ run: EtcdRun, at now: Duration) -> [Effect] {
        wellSince = nil
        lastWell = now
        state = .running(run, since: now, askAt: nil)
        return [.watch(run)] + (isUnwanted ? resign(run, at: now) : [.ask(run)])
    }

    private mutating func refused(_ refusal: EtcdRefusal, at now: Duration) -> [Effect] {
        guard state == .looking || state == .starting else { return [] }
        finding = .refused(refusal)
        state = isUnwanted ? .over : .pausing(until: now + Self.retry)
        return []
    }

    private mutating func answered(_ isWell: Bool, at now: Duration) -> [Effect] {
        guard case .running(let run, let since, nil) = state else { return [] }
        if isWell {
            wellSince = wellSince ?? now
            lastWell = now
            finding = nil
            if let wellSince, now - wellSince >= Self.soundAfter { ends = 0 }
        } else {
            wellSince = nil
            if now - lastWell >= Self.patience { finding = .silent(since: lastWell) }
        }
        state = .running(run, since: since, askAt: now + (isWell ? Self.usualAsk : Self.firstAsk(now - since)))
        return []
    }

    /// One that does not come up is asked less often by and by.
    private static func firstAsk(_ age: Duration) -> Duration { age < .seconds(10) ? firstAsk : .seconds(1) }

    private mutating func ended(_ end: EtcdEnd, at now: Duration) -> [Effect] {
        wellSince = nil
        if isUnwanted {
            state = .over
            return []
        }
        ends += 1
        let pause =
            end.isForLackOfRoom
            ? Self.retry : min(Self.longestPause, Self.firstPause * (1 << min(ends - 1, 16)))
        finding = end.isForLackOfRoom ? .noRoom(end) : .ended(end, times: ends, pause: pause)
        state = .pausing(until: now + pause)
        return []
    }

    private mutating func stop(at now: Duration) -> [Effect] {
        guard !isUnwanted else { return [] }
        isUnwanted = true
        switch state {
        case .idle, .pausing: state = .over
        case .running(let run, _, _): return resign(run, at: now)
        case .looking, .starting, .resigning, .ending, .killed, .over: break
        }
        return []
    }

    private mutating func resign(_ run: EtcdRun, at now: Duration) -> [Effect] {
        state = .resigning(run, until: now + Self.resignIn)
        return [.resign]
    }

    private mutating func terminate(_ run: EtcdRun, at now: Duration) -> [Effect] {
        state = .ending(run, until: now + Self.endIn)
        return [.terminate(run)]
    }

    private mutating func due(at now: Duration) -> [Effect] {
        guard let nextDue, nextDue <= now else { return [] }
        switch state {
        case .running(let run, let since, _):
            state = .running(run, since: since, askAt: nil)
            return [.ask(run)]
        case .pausing:
            // What ended by itself has left its lock; what was refused may have been put right otherwise.
            state = .looking
            return [.look]
        case .resigning(let run, _): return terminate(run, at: now)
        case .ending(let run, _):
            state = .killed(run)
            return [.kill(run)]
        case .idle, .looking, .starting, .killed, .over: return []
        }
    }
}

/// What there is to say of an etcd of our own.
package enum EtcdFinding: Sendable, Hashable, CustomStringConvertible {
    /// It is not started.
    case refused(EtcdRefusal)
    /// It ended unasked, so many times one after the other; it is started again after a pause.
    case ended(EtcdEnd, times: Int, pause: Duration)
    /// It ended for lack of room; it is tried again and again.
    case noRoom(EtcdEnd)
    /// It runs and says nothing, or that all is not well, since then.
    case silent(since: Duration)

    package var description: String {
        switch self {
        case .refused(let refusal): refusal.description
        case .ended(let end, let times, let pause):
            "etcd ended, \(times == 1 ? "once" : "\(times) times"): \(end). It is started again within "
                + "\(max(1, pause.components.seconds)) s; its words are in logs/etcd.log."
        case .noRoom:
            "etcd ended: there is no room on its disk. It is started again when there is; free some."
        case .silent:
            "etcd runs and is not well: it knows no leader, or does not answer. Its words are in logs/etcd.log."
        }
    }
}
