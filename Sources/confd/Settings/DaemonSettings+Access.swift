import Access
import Glibc

extension DaemonSettings {
    /// Times and limits of logging in.
    var loginPolicy: LoginPolicy {
        var policy = LoginPolicy()
        policy.cacheLifetime = seconds("access.cache_seconds", policy.cacheLifetime)
        policy.failureFloor = failureFloor
        policy.sessionLifetime = seconds("access.session_seconds", policy.sessionLifetime)
        policy.sessionIdleLimit = seconds("access.session_idle_seconds", policy.sessionIdleLimit)
        policy.challengePatience = seconds("access.challenge_seconds", policy.challengePatience)
        policy.daemonUserID = Int(geteuid())
        policy.certificatesGrantRoot = text("access.certificate_root") == "true"
        return policy
    }

    /// How many requests are let through.
    var rateLimits: RateLimits {
        var limits = RateLimits()
        limits.strangers = RateLimit(
            perSecond: number("limits.address_per_second") ?? limits.strangers.perSecond,
            burst: number("limits.address_burst") ?? limits.strangers.burst)
        limits.waits = number("limits.waits") ?? limits.waits
        limits.turns = number("limits.turns") ?? limits.turns
        limits.underWay = number("limits.under_way") ?? limits.underWay
        return limits
    }

    private func seconds(_ name: String, _ fallback: Duration) -> Duration {
        number(name).map { .seconds($0) } ?? fallback
    }

    /// - Throws: ``Failure`` naming the setting and what it has to be.
    func checkAccess() throws(Failure) {
        try check(
            "access.cache_seconds", number("access.cache_seconds").map { (0...60).contains($0) } ?? true, "0 to 60")
        for name in ["access.session_seconds", "access.session_idle_seconds", "access.challenge_seconds"] {
            try check(name, number(name).map { (1...31_536_000).contains($0) } ?? true, "1 to 31536000")
        }
        for name in ["address_per_second", "waits", "turns"] {
            let name = "limits.\(name)"
            try check(name, number(name).map { (0...1_000_000).contains($0) } ?? true, "0 to 1000000")
        }
        for name in ["address_burst", "under_way"] {
            let name = "limits.\(name)"
            try check(name, number(name).map { (1...1_000_000).contains($0) } ?? true, "1 to 1000000")
        }
        let root = "access.certificate_root"
        try check(root, ["true", "false"].contains(text(root)), "true or false")
    }
}
