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

/// How much is taken from addresses without a login, and how much at once from users. No user is limited in time.
package struct RateLimits: Sendable, Hashable {
    /// Requests without a login from one address. Default 10 a second, 20 at once.
    package var strangers = RateLimit(perSecond: 10, burst: 20)

    /// Waits of one user at the same time; 0 for no limit. Default 64.
    package var waits = 64

    /// Requests that are worked on at the same time while several users ask; 0 for no turns and no limit of the next two.
    /// Default 4.
    package var turns = 4

    /// Requests of one user that are under way at the same time, those with a turn among them. Default 64.
    package var underWay = 64

    /// Requests of one user that stand in line behind those; one more is refused. Default 1024.
    package var inLine = 1024

    /// The defaults.
    package init() {}

    /// No limit of any kind.
    package static let none: RateLimits = {
        var limits = RateLimits()
        (limits.strangers, limits.waits, limits.turns) = (.none, 0, 0)
        return limits
    }()
}
