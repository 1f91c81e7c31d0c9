import Synchronization
package import Waiting

/// The login a request was let in by, which is looked after while the request waits for something.
package final class RequestLogin: Sendable {
    /// That of the request this task works for; `nil` for work of the daemon's own.
    @TaskLocal package static var current: RequestLogin?

    /// Why a request is not told what it waited for.
    package enum End: Sendable, Hashable {
        /// The login is not accepted any more.
        case ended
        /// Its user has fewer rights than when the request began.
        case narrowed
    }

    private struct State {
        var login: LastingLogin
        /// How many changes there had been at the last look, and when that was.
        var changes: UInt64
        var lookedAt: Duration
        var end: End?
    }

    /// What is done within it goes by the login it was let in with.
    private static let moment = Duration.seconds(1)

    private let principal: Principal
    private let logins: LoginService
    private let time: any TimeSource
    private let state: Mutex<State>

    /// The login of somebody who was just let in.
    package init(_ principal: Principal, logins: LoginService, time: any TimeSource) {
        self.principal = principal
        self.logins = logins
        self.time = time
        state = Mutex(
            State(
                login: LastingLogin(principal, logins: logins, time: time), changes: logins.changes,
                lookedAt: time.monotonic))
    }

    /// Why the request is told nothing; `nil` while it is.
    package var end: End? { state.withLock { $0.end } }

    /// Whether its user still has every right the request began with.
    package func hasAllRights(of now: Principal) -> Bool {
        now.isRoot || principal.roles.isSubset(of: now.roles)
    }

    /// Whether something may still be done for the request: ask before each piece of it that took its time to come.
    ///
    /// It is looked at again when something changed by which somebody was let in, or when a second has passed.
    ///
    /// - Parameter hasActed: Whether something was done for it before, which may have been a new password: that ends nothing
    ///   then of what came with the former one.
    package func goesOn(hasActed: Bool = false) async -> Bool {
        if !hasActed, logins.hasOutlivedPassword(principal.credential) {
            note(.ended)
            return false
        }
        let (now, changes) = (time.monotonic, logins.changes)
        let isKnown = state.withLock { state in
            state.end != .ended && changes == state.changes && now - state.lookedAt <= Self.moment
        }
        return isKnown ? true : await isAccepted()
    }

    /// Looks at the login again whatever is known of it, and notes when it has ended; not, however, because of a new password.
    package func confirm() async {
        _ = await isAccepted()
    }

    private func isAccepted() async -> Bool {
        let (now, changes) = (time.monotonic, logins.changes)
        if end == .ended { return false }
        do throws(AccessError) {
            _ = try await logins.recheck(principal.credential)
        } catch {
            guard case .unavailable = error else {
                note(.ended)
                return false
            }
        }
        state.withLock { ($0.changes, $0.lookedAt) = (changes, now) }
        return true
    }

    /// Waits, and ends the wait when something changes by which somebody was let in: ``wait(until:on:_:)`` finds out then
    /// whether this login has ended. It takes no task of its own.
    package func answering(_ waiter: Waiter<Void>, _ wait: () async -> Void) async {
        await logins.answering(waiter, after: state.withLock { $0.changes }, wait)
    }

    /// Returns when a time has come, when the task is cancelled, or as soon as the request may not be told any more what it
    /// waits for; ``end`` says why then.
    ///
    /// - Parameters:
    ///   - time: Whose time it is.
    ///   - mayBeTold: Whether somebody may, with the rights they have now; asked for `nil` when the login has ended.
    package func wait(
        until deadline: Duration, on time: any TimeSource,
        _ mayBeTold: @escaping @Sendable (Principal?) -> Bool
    ) async {
        await withTaskGroup { group in
            group.addTask { await time.sleep(until: deadline) }
            group.addTask {
                if await self.watch(mayBeTold) { await time.sleep(until: deadline) }
            }
            _ = await group.next()
            group.cancelAll()
        }
    }

    /// The same for what whoever has fewer rights by now may not be told.
    package func wait(until deadline: Duration, on time: any TimeSource) async {
        await wait(until: deadline, on: time) { now in now.map(self.hasAllRights) ?? false }
    }

    /// Looks after the login until that changes what the request may be told.
    ///
    /// - Returns: Whether the request waits on although its login has ended, or because its task is cancelled.
    private func watch(_ mayBeTold: @Sendable (Principal?) -> Bool) async -> Bool {
        while !Task.isCancelled {
            guard let now = await look() else {
                if mayBeTold(nil) { return true }
                note(.ended)
                return false
            }
            if !mayBeTold(now) {
                note(.narrowed)
                return false
            }
            await state.withLock { $0.login }.nextCheck()
        }
        return true
    }

    /// Who it is by now; `nil` when the login has ended.
    private func look() async -> Principal? {
        var login = state.withLock { $0.login }
        do throws(AccessError) {
            try await login.check()
        } catch {
            return nil
        }
        let looked = login
        state.withLock { $0.login = looked }
        return looked.principal
    }

    private func note(_ end: End) { state.withLock { $0.end = $0.end ?? end } }
}
