import Access

extension DaemonSettings {
    /// Times and limits of logging in.
    var loginPolicy: LoginPolicy {
        var policy = LoginPolicy()
        policy.cacheLifetime = seconds("access.cache_seconds", policy.cacheLifetime)
        policy.failureFloor = failureFloor
        policy.sessionLifetime = seconds("access.session_seconds", policy.sessionLifetime)
        policy.sessionIdleLimit = seconds("access.session_idle_seconds", policy.sessionIdleLimit)
        policy.challengePatience = seconds("access.challenge_seconds", policy.challengePatience)
        policy.certificatesGrantRoot = text("access.certificate_root") == "true"
        return policy
    }

    /// How many requests are let through.
    var rateLimits: RateLimits {
        var limits = RateLimits()
        limits.requests = limit("limits.requests", limits.requests)
        limits.submissions = limit("limits.submissions", limits.submissions)
        limits.strangers = limit("limits.address", limits.strangers)
        limits.waits = number("limits.waits") ?? limits.waits
        return limits
    }

    private func seconds(_ name: String, _ fallback: Duration) -> Duration {
        number(name).map { .seconds($0) } ?? fallback
    }

    private func limit(_ name: String, _ fallback: RateLimit) -> RateLimit {
        RateLimit(
            perSecond: number("\(name)_per_second") ?? fallback.perSecond,
            burst: number("\(name)_burst") ?? fallback.burst)
    }

    /// - Throws: ``Failure`` naming the setting and what it has to be.
    func checkAccess() throws(Failure) {
        try check(
            "access.cache_seconds", number("access.cache_seconds").map { (0...60).contains($0) } ?? true, "0 to 60")
        for name in ["access.session_seconds", "access.session_idle_seconds", "access.challenge_seconds"] {
            try check(name, number(name).map { (1...31_536_000).contains($0) } ?? true, "1 to 31536000")
        }
        for name in ["requests_per_second", "submissions_per_second", "address_per_second", "waits"] {
            let name = "limits.\(name)"
            try check(name, number(name).map { (0...1_000_000).contains($0) } ?? true, "0 to 1000000")
        }
        for name in ["requests_burst", "submissions_burst", "address_burst"] {
            let name = "limits.\(name)"
            try check(name, number(name).map { (1...1_000_000).contains($0) } ?? true, "1 to 1000000")
        }
        let root = "access.certificate_root"
        try check(root, ["true", "false"].contains(text(root)), "true or false")
    }
}
