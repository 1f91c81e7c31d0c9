package import Access
import HTTPTypes
import Hummingbird
package import JobEngine

/// Holds the requests of a route to the limits: so many a second from an address without a login, so many at once of a
/// user; see docs/decisions/0036.
struct RateLimiting: Sendable {
    private let limiter: RateLimiter
    private let gate: AdmissionGate
    private let time: any TimeSource
    private let route: Route

    init(_ route: Route, _ services: GatewayServices) {
        limiter = services.limiter
        gate = services.gate
        time = services.time
        self.route = route
    }

    /// Waits for the turn of a user who is logged in; to be ended when the request is answered.
    ///
    /// - Throws: ``Problem`` `rate-limited` when too many of his requests stand in line.
    func turn(for principal: Principal?) async throws(Problem) -> Turn? {
        guard let principal, route.isCounted else { return nil }
        do throws(AccessError) {
            return try await gate.enter(principal.name)
        } catch {
            throw Problem(error)
        }
    }

    /// Counts a request without a login; the header fields tell how the limit of the address stands.
    ///
    /// - Throws: ``Problem`` `rate-limited`.
    func admit(strangerAt address: String) throws(Problem) -> HTTPFields {
        guard route.isCounted, let standing = limiter.take(address, at: time.monotonic) else { return [:] }
        let fields: HTTPFields = [
            .rateLimitPolicy: "\"address\";q=\(standing.limit.burst);w=\(standing.limit.window)",
            .rateLimit: "\"address\";r=\(standing.remaining);t=\(standing.secondsUntilFull)",
        ]
        guard standing.wait > .zero else { return fields }
        var problem = Problem(AccessError.rateLimited(retryAfter: standing.wait))
        problem.headers.append(contentsOf: fields)
        throw problem
    }

    /// Counts a login that failed, which has its answer already.
    func noteFailure(at address: String) {
        _ = limiter.take(address, at: time.monotonic)
    }

    /// A place among the user's waits for a request that says how long it waits; to be held until its answer is there.
    ///
    /// - Throws: ``JobError`` `too-many-waits`.
    func place(for call: Call) throws(JobError) -> RateLimiter.Wait? {
        guard let principal = call.principal, Waiting(call, longest: 1).seconds > 0 else { return nil }
        return try limiter.place(of: principal.name)
    }

    /// An error with the header fields that tell how the limits stand.
    static func marked(_ error: any Error, _ fields: HTTPFields) -> any Error {
        guard !fields.isEmpty, var problem = Problem(error), problem.headers[.rateLimit] == nil else { return error }
        problem.headers.append(contentsOf: fields)
        return problem
    }
}

extension RateLimiter {
    /// A place among the waits of a user, to be held as long as he waits.
    ///
    /// - Throws: ``JobError`` `too-many-waits`.
    package func place(of user: String) throws(JobError) -> Wait {
        if let place = beginWait(of: user) { return place }
        throw JobError(
            .tooManyWaits,
            "User '\(user)' waits for jobs \(limits.waits) times already. Try again when a wait has ended.")
    }
}

extension RateLimiter.Standing {
    /// Whole seconds, rounded up.
    fileprivate var secondsUntilFull: Int { Int((untilFull / .seconds(1)).rounded(.up)) }
}

extension HTTPField.Name {
    static let rateLimit = HTTPField.Name("RateLimit") ?? .server
    static let rateLimitPolicy = HTTPField.Name("RateLimit-Policy") ?? .server
}
