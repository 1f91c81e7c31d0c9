/// How many failures are borne, and for how long the door stays shut then.
package struct LockoutPolicy: Sendable, Hashable {
    /// Failures of one user from one address within the window that lock the pair. Default 5.
    package var failuresPerUser = 5

    /// Failures of one address within the window, whoever the user, that limit the address. Default 20.
    package var failuresPerAddress = 20

    /// Span in which failures are counted together. Default 5 min.
    package var window = Duration.seconds(300)

    /// First lock; each further one lasts twice as long. Default 15 min.
    package var firstLock = Duration.seconds(900)

    /// Longest lock. Default 4 h.
    package var longestLock = Duration.seconds(14_400)

    /// How long after a lock has ended the next one is still longer. Default 24 h.
    package var memory = Duration.seconds(86_400)

    /// How long each failed guess at the password of local root slows the next one. Default 1 s.
    package var localRootPause = Duration.seconds(1)

    /// Whether root from a loopback address is slowed instead of locked, as over the local socket. Default true; not behind
    /// proxies, where others come from there, too.
    package var sparesLoopback = true

    /// Pairs, and likewise addresses, remembered at most. Default 10,000.
    package var capacity = 10_000

    /// The defaults.
    package init() {}

    /// Length of a lock after `earlier` locks of the same pair.
    func lockDuration(earlier: Int) -> Duration {
        var length = firstLock
        for _ in 0..<min(max(0, earlier), 32) where length < longestLock {
            length *= 2
        }
        return min(length, longestLock)
    }
}
