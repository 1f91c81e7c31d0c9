import Waiting

/// A login that lasts longer than the request that was let in by it: that of a stream or of a subscription.
package struct LastingLogin: Sendable {
    /// Whoever comes by every 15 s looks at what is remembered for 45 s: nothing is older than a minute.
    private static let interval = Duration.seconds(10)
    /// When nobody could tell.
    private static let pause = Duration.seconds(1)

    /// Who it is, with the rights they had at the last look.
    package private(set) var principal: Principal
    private let credential: CredentialState
    private let logins: LoginService
    private let time: any TimeSource
    private var changes: UInt64?
    private var dueAt = Duration.zero

    /// The login of somebody who was just let in; the first look is the first ``check()``.
    package init(_ principal: Principal, logins: LoginService, time: any TimeSource) {
        self.principal = principal
        credential = principal.credential
        self.logins = logins
        self.time = time
    }

    /// Looks at the login again when something changed by which somebody was let in, when it has come to its end, and
    /// from time to time: ask before anything is told.
    ///
    /// When nobody can tell, it goes on as it was.
    ///
    /// - Throws: `authenticationFailed` when it is not accepted any more.
    package mutating func check() async throws(AccessError) {
        let (now, latest) = (time.monotonic, logins.changes)
        let isOver = credential.expiresAt.map { time.now >= $0 } ?? false
        guard latest != changes || now >= dueAt || isOver else { return }
        if isOver || logins.hasOutlivedPassword(credential) { throw .authenticationFailed }
        changes = latest
        do throws(AccessError) {
            principal = try await logins.recheck(credential)
            dueAt = now + Self.interval
        } catch {
            guard case .unavailable = error else { throw error }
            dueAt = now + Self.pause
        }
    }

    /// Returns when it is time for another ``check()``, or the task is cancelled.
    func nextCheck() async {
        let (waiter, due, time) = (Waiter<Void>(), min(dueAt, end ?? dueAt), time)
        await logins.answering(waiter, after: changes) { await waiter.answer(or: { await time.sleep(until: due) }) }
    }

    /// When it ends by itself, in monotonic time.
    private var end: Duration? {
        credential.expiresAt.map { end in
            let (rest, isFar) = end.subtractingReportingOverflow(time.now)
            return isFar ? .zero : time.monotonic + .milliseconds(max(0, rest))
        }
    }
}
