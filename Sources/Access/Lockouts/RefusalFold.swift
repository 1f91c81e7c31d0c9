import Values

/// Makes few records of the many refusals that strangers can cause; pure, monotonic time is handed in.
///
/// The first of a cause is a record at once. The ones after it are counted, and told in one record a minute. All causes
/// together have a budget; what is beyond it is told as a number alone.
struct RefusalFold: Sendable {
    /// Kinds of events that need no login.
    static let kinds: Set<AuditEvent.Kind> = [.refusal, .unavailable, .challenge, .lockout]

    /// How long refusals of a cause are counted before they are told.
    static let span = Duration.seconds(60)

    /// Records a second in the long run, and at once after a pause.
    static let budget = RateLimit(perSecond: 5, burst: 20)

    /// Causes that are counted apart; more are counted together.
    static let capacity = 4096

    private struct Cause: Hashable {
        let kind: AuditEvent.Kind
        let scope: String
        let detail: String?
        /// Whose lock it is; refusals of all users count together.
        let user: String?
    }

    private struct Tally {
        var count = 0
        var latest: AuditEvent
        var begin: Int64
        var until: Duration
        var isOfOneUser = true
    }

    private var tallies: [Cause: Tally] = [:]
    private var untold = (count: 0, at: Int64(0))
    private var lookAgain = Duration.zero
    private var tellUntold = Duration.zero
    private var tokens = Double(budget.burst)
    private var filledAt = Duration.zero

    /// Counts a refusal.
    ///
    /// - Returns: Whether it is a record by itself.
    mutating func take(_ event: AuditEvent, at now: Duration) -> Bool {
        let cause = Cause(
            kind: event.kind, scope: RemoteAddress(event.address ?? "").scope, detail: event.detail,
            user: event.kind == .lockout ? event.user : nil)
        if var tally = tallies[cause] {
            if tally.count == 0 { tally.begin = event.time }
            tally.isOfOneUser = (tally.count == 0 || tally.isOfOneUser && tally.latest.user == event.user)
            tally.count += 1
            tally.latest = event
            tallies[cause] = tally
            return false
        }
        guard tallies.count < Self.capacity else {
            untold = (untold.count + 1, event.time)
            return false
        }
        let isTold = spend(at: now)
        tallies[cause] = Tally(count: isTold ? 0 : 1, latest: event, begin: event.time, until: now + Self.span)
        return isTold
    }

    /// What was counted for as long as it may be; everything with `isFinal`.
    mutating func due(at now: Duration, isFinal: Bool = false) -> [AuditEvent] {
        guard isFinal || now >= lookAgain else { return [] }
        lookAgain = now + .seconds(1)
        var records: [AuditEvent] = []
        for (cause, tally) in tallies where isFinal || tally.until <= now {
            tallies[cause] = nil
            guard tally.count > 0 else { continue }
            guard spend(at: now) else {
                untold = (untold.count + tally.count, max(untold.at, tally.latest.time))
                continue
            }
            records.append(Self.record(tally))
            // Somebody who goes on has one record a minute, not a first one again.
            tallies[cause] = Tally(latest: tally.latest, begin: tally.begin, until: now + Self.span)
        }
        if untold.count > 0, isFinal || now >= tellUntold {
            tellUntold = now + Self.span
            records.append(
                AuditEvent(
                    kind: .refusal, time: untold.at, detail: "refusals beyond the budget of the log",
                    fields: ["count": String(untold.count)]))
            untold.count = 0
        }
        return records
    }

    private static func record(_ tally: Tally) -> AuditEvent {
        let last = tally.latest
        var fields = last.fields
        fields["count"] = String(tally.count)
        fields["seconds"] = String(max(0, last.time - tally.begin) / 1000)
        return AuditEvent(
            kind: last.kind, time: last.time, user: tally.isOfOneUser ? last.user : nil, address: last.address,
            method: last.method, detail: last.detail, fields: fields)
    }

    private mutating func spend(at now: Duration) -> Bool {
        let fresh = Double(Self.budget.perSecond) * max(0, (now - filledAt) / .seconds(1))
        tokens = min(Double(Self.budget.burst), tokens + fresh)
        filledAt = now
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }
}
