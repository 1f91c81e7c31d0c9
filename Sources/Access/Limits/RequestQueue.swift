/// Whose request is worked on next: users take turns, and the requests of one user go in the order they came.
///
/// As long as one user is alone, all of theirs are let in at once, up to ``RateLimits/underWay``: many at once share a flush
/// of the disk. While several users ask, there are few turns, since whatever is let in stands before the next one
/// everywhere: on the event loops and in the store. The machine knows numbers only; ``AdmissionGate`` has the requests.
struct RequestQueue {
    /// A request that was taken in.
    struct Entry: Hashable {
        let number: UInt64
        /// The requests that have a turn now: this one, and whoever stood in line until users did not share any more.
        let granted: [UInt64]
    }

    private struct User {
        var line: [UInt64] = []
        var underWay = 0
        /// Whether the user is in ``rotation``: only those are who have somebody in line and may have more under way.
        var isInRotation = false
    }

    private struct Request {
        let user: String
        /// When it got its turn; `nil` once that was taken back.
        var turn: Duration?
    }

    /// Users whose requests come within this time of one another share the daemon.
    static let together = Duration.milliseconds(250)

    private let limits: RateLimits
    private var users: [String: User] = [:]
    private var rotation: [String] = []
    private var underWay: [UInt64: Request] = [:]
    private var turns = 0
    private var last: UInt64 = 0
    private var latest: (user: String, at: Duration)?
    private var sharedUntil = Duration.zero

    init(_ limits: RateLimits) {
        self.limits = limits
    }

    /// Requests in line.
    private(set) var waiting = 0

    /// Takes a request in; `nil` when the user has as many in line as may be, and nothing was counted.
    mutating func enter(_ user: String, at now: Duration) -> Entry? {
        guard users[user]?.line.count ?? 0 < limits.inLine else { return nil }
        if let latest, latest.user != user, now - latest.at < Self.together { sharedUntil = now + Self.together }
        latest = (user, now)
        last &+= 1
        waiting += 1
        users[user, default: User()].line.append(last)
        join(user)
        return Entry(number: last, granted: grant(at: now))
    }

    /// Forgets a request that is under way; the requests that have a turn now.
    mutating func end(_ number: UInt64, at now: Duration) -> [UInt64] {
        guard let request = underWay.removeValue(forKey: number) else { return [] }
        if request.turn != nil { turns -= 1 }
        users[request.user]?.underWay -= 1
        join(request.user)
        return grant(at: now)
    }

    /// Takes back the turns given before a moment; the requests that have one now.
    mutating func expire(before moment: Duration, at now: Duration) -> [UInt64] {
        for (number, request) in underWay {
            guard let begin = request.turn, begin < moment else { continue }
            underWay[number]?.turn = nil
            turns -= 1
        }
        return grant(at: now)
    }

    /// Puts a user into the rotation if they have to stand there, and forgets one without requests.
    private mutating func join(_ user: String) {
        guard let state = users[user], !state.isInRotation else { return }
        if state.line.isEmpty {
            if state.underWay == 0 { users[user] = nil }
        } else if state.underWay < limits.underWay {
            users[user]?.isInRotation = true
            rotation.append(user)
        }
    }

    private mutating func grant(at now: Duration) -> [UInt64] {
        var granted: [UInt64] = []
        let most = now < sharedUntil ? limits.turns : .max
        while turns < most, !rotation.isEmpty {
            let user = rotation.removeFirst()
            users[user]?.isInRotation = false
            guard let number = users[user]?.line.removeFirst() else { continue }
            users[user]?.underWay += 1
            underWay[number] = Request(user: user, turn: now)
            turns += 1
            waiting -= 1
            granted.append(number)
            join(user)
        }
        return granted
    }
}
