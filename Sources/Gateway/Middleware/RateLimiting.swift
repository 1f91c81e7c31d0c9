import Access
import HTTPTypes
import Hummingbird

/// Holds the requests of a route to the limits of their user or address.
///
/// REST is refused what comes too fast. The clients of the older faces know no such answer, so their requests wait for
/// their turn instead; see docs/decisions/0020.
struct RateLimiting: Sendable {
    private let limiter: RateLimiter
    private let time: any TimeSource
    private let route: Route

    init(_ route: Route, _ services: GatewayServices) {
        limiter = services.limiter
        time = services.time
        self.route = route
    }

    /// Counts a request of somebody who is logged in; the header fields tell how his limits stand.
    ///
    /// - Throws: ``Problem`` `rate-limited`.
    func admit(_ principal: Principal) async throws(Problem) -> HTTPFields {
        switch (route.rate, route.face) {
        case (.unlimited, _): return [:]
        case (_, .xmlrpc), (_, .json):
            await limiter.pace(.user(principal.name), time)
            return [:]
        case (.request, _): return try take([("user", .user(principal.name))])
        case (.submission, _):
            return try take([("user", .user(principal.name)), ("submit", .submission(principal.name))])
        }
    }

    /// Counts a request without a login.
    ///
    /// - Throws: ``Problem`` `rate-limited`.
    func admit(strangerAt address: String) throws(Problem) -> HTTPFields {
        route.rate == .unlimited ? [:] : try take([("address", .address(address))])
    }

    /// Counts a login that failed, which has its answer already.
    func noteFailure(at address: String) {
        _ = limiter.take(.address(address), at: time.monotonic)
    }

    /// A place among the user's waits for a request that waits, or may; to be held until its answer is there.
    ///
    /// - Throws: ``Problem`` `rate-limited` when he has too many.
    func place(for call: Call) throws(Problem) -> RateLimiter.Wait? {
        guard let principal = call.principal, route.face.isRemote || Waiting(call, longest: 1).seconds > 0 else {
            return nil
        }
        if let place = limiter.beginWait(of: principal.name) { return place }
        throw Problem(AccessError.rateLimited(retryAfter: .seconds(1)))
    }

    /// An error with the header fields that tell how the limits stand.
    static func marked(_ error: any Error, _ fields: HTTPFields) -> any Error {
        guard !fields.isEmpty, var problem = Problem(error), problem.headers[.rateLimit] == nil else { return error }
        problem.headers.append(contentsOf: fields)
        return problem
    }

    private func take(_ buckets: [(name: String, bucket: RateLimiter.Bucket)]) throws(Problem) -> HTTPFields {
        var policies: [String] = []
        var standings: [String] = []
        var wait = Duration.zero
        for (name, bucket) in buckets {
            guard let standing = limiter.take(bucket, at: time.monotonic) else { continue }
            policies.append("\"\(name)\";q=\(standing.limit.burst);w=\(standing.limit.window)")
            standings.append("\"\(name)\";r=\(standing.remaining);t=\(standing.secondsUntilFull)")
            wait = max(wait, standing.wait)
        }
        guard !policies.isEmpty else { return [:] }
        let fields: HTTPFields = [
            .rateLimitPolicy: policies.joined(separator: ", "), .rateLimit: standings.joined(separator: ", "),
        ]
        guard wait > .zero else { return fields }
        var problem = Problem(AccessError.rateLimited(retryAfter: wait))
        problem.headers.append(contentsOf: fields)
        throw problem
    }
}

extension RateLimiter {
    /// Counts a request and returns when its turn has come.
    func pace(_ bucket: Bucket, _ time: any TimeSource) async {
        let now = time.monotonic
        guard let standing = take(bucket, onCredit: true, at: now), standing.wait > .zero else { return }
        await time.sleep(until: now + standing.wait)
    }
}

extension Route.Face {
    /// Whether its clients call remote methods and know no refusal for being too fast.
    fileprivate var isRemote: Bool { self == .xmlrpc || self == .json }
}

extension RateLimiter.Standing {
    /// Whole seconds, rounded up.
    fileprivate var secondsUntilFull: Int { Int((untilFull / .seconds(1)).rounded(.up)) }
}

extension HTTPField.Name {
    static let rateLimit = HTTPField.Name("RateLimit") ?? .server
    static let rateLimitPolicy = HTTPField.Name("RateLimit-Policy") ?? .server
}
