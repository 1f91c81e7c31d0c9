/// How fast requests may come: so many at once, and then so many in a second.
package struct RateLimit: Sendable, Hashable {
    /// Requests a second in the long run; 0 for no limit.
    package var perSecond: Int

    /// Requests at once after a pause.
    package var burst: Int

    /// A limit with these numbers; a burst below 1 counts as 1.
    package init(perSecond: Int, burst: Int) {
        self.perSecond = max(0, perSecond)
        self.burst = max(1, burst)
    }

    /// Every request is let through.
    package static let none = RateLimit(perSecond: 0, burst: 1)

    /// Whether there is a limit at all.
    package var isOn: Bool { perSecond > 0 }

    /// Whole seconds in which an empty bucket fills, rounded up.
    package var window: Int { isOn ? (burst + perSecond - 1) / perSecond : 0 }
}

/// The limits of all kinds of requests.
package struct RateLimits: Sendable, Hashable {
    /// Requests of one user. Default 50 a second, 100 at once.
    package var requests = RateLimit(perSecond: 50, burst: 100)

    /// Jobs one user submits. Default 20 a second, 100 at once.
    package var submissions = RateLimit(perSecond: 20, burst: 100)

    /// Requests without a login from one address. Default 10 a second, 20 at once.
    package var strangers = RateLimit(perSecond: 10, burst: 20)

    /// Waits and streams of one user at the same time; 0 for no limit. Default 64.
    package var waits = 64

    /// The defaults.
    package init() {}

    /// No limit of any kind.
    package static let none: RateLimits = {
        var limits = RateLimits()
        (limits.requests, limits.submissions, limits.strangers, limits.waits) = (.none, .none, .none, 0)
        return limits
    }()
}
