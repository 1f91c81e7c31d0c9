import Access
import JobEngine

/// Looks after the login of somebody who waits for an answer.
struct LoginWatch: Sendable {
    private let login: LastingLogin
    private let events: EventFeed

    init(_ principal: Principal, _ services: GatewayServices) {
        login = LastingLogin(principal, logins: services.logins, time: services.time)
        events = services.scheduler.events
    }

    /// What comes of the work, which is cancelled when the login ends before.
    ///
    /// - Throws: What the work throws; `authenticationFailed` as soon as the login is not accepted any more.
    func during<Success: Sendable>(_ work: @escaping @Sendable () async throws -> Success) async throws -> Success {
        try await withThrowingTaskGroup(of: Success?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                try await untilItEnds()
                return nil
            }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
            }
            throw AccessError.authenticationFailed
        }
    }

    /// Returns when the daemon stops, or the task is cancelled.
    private func untilItEnds() async throws(AccessError) {
        var login = login
        // There are no events of this type: it is called when a login has changed, and now and then.
        var reader = EventReader(events, EventFilter(types: ["none"]), from: .now)
        while !Task.isCancelled {
            try await login.check()
            if await reader.next(1) == .closed { return }
        }
    }
}
