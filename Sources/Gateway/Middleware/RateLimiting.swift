import Access
import Application
import HTTPTypes
import Hummingbird
import JobEngine

/// Holds the requests of a route to the limits: so many a second from an address without a login, so many at once of a
/// user; see docs/decisions/0036.
struct RateLimiting: Sendable {
    private let limiter: RateLimiter
    private let gate: AdmissionGate
    private let jobs: JobService
    private let time: any TimeSource
    private let route: Route

    init(_ route: Route, _ services: GatewayServices) {
        limiter = services.limiter
        gate = services.gate
        jobs = services.jobs
        time = services.time
        self.route = route
    }

    /// Waits for the turn of a user who is logged in; to be ended when the request is answered.
    ///
    /// - Throws: ``Problem`` `rate-limited` when too many requests of the user stand in line.
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
        guard route.isCounted, let status = limiter.take(address, at: time.monotonic) else { return [:] }
        let fields: HTTPFields = [
            .rateLimitPolicy: "\"address\";q=\(status.limit.burst);w=\(status.limit.window)",
            .rateLimit: "\"address\";r=\(status.remaining);t=\(status.secondsUntilFull)",
        ]
        guard status.wait > .zero else { return fields }
        var problem = Problem(AccessError.rateLimited(retryAfter: status.wait))
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
        return try jobs.placeToWait(for: principal.name)
    }

    /// An error with the header fields that tell how the limits stand.
    static func marked(_ error: any Error, _ fields: HTTPFields) -> any Error {
        guard !fields.isEmpty, var problem = Problem(error), problem.headers[.rateLimit] == nil else { return error }
        problem.headers.append(contentsOf: fields)
        return problem
    }
}

extension RateLimiter.Status {
    /// Whole seconds, rounded up.
    fileprivate var secondsUntilFull: Int { Int((untilFull / .seconds(1)).rounded(.up)) }
}

extension HTTPField.Name {
    static let rateLimit = HTTPField.Name("RateLimit") ?? .server
    static let rateLimitPolicy = HTTPField.Name("RateLimit-Policy") ?? .server
}
