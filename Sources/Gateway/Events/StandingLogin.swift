import Access
import Hummingbird
import JobEngine

/// The login a long answer was begun with, looked at again while it lasts.
struct StandingLogin: Sendable {
    /// No longer than this passes between two looks.
    static let interval = Duration.seconds(60)

    private let call: Call
    private let services: GatewayServices
    private var checkedAt: Duration

    /// The login of a call, which was just accepted.
    init(_ call: Call, _ services: GatewayServices) {
        self.call = call
        self.services = services
        checkedAt = services.time.monotonic
    }

    /// Looks at the login again when it is time to.
    ///
    /// - Returns: Who it is now, with the rights he has now; `nil` when it was not time, or nobody could tell.
    /// - Throws: ``Problem`` when the login is not accepted any more.
    mutating func check() async throws(Problem) -> Principal? {
        let now = services.time.monotonic
        // A stream comes by at least each longest silence: the look must not be left to the time after the next one.
        guard now - checkedAt > Self.interval - EventFeed.longestSilence else { return nil }
        checkedAt = now
        do throws(AccessError) {
            return try await Authentication(services.logins).principal(orCookieOf: call.request, call.context.peer)
        } catch {
            if case .unavailable = error { return nil }
            throw Problem(error)
        }
    }

    /// A problem as the caller is told it within the answer.
    func value(of problem: Problem) -> Value {
        problem.value(instance: call.request.uri.path, requestID: call.context.requestID)
    }
}
