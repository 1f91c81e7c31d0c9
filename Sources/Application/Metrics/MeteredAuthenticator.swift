package import Access

/// An authenticator whose checks are counted and timed.
package struct MeteredAuthenticator: Authenticator {
    private let authenticator: any Authenticator
    private let metrics: DaemonMetrics
    private let time: any TimeSource

    /// Asks `authenticator` and passes its verdict on unchanged.
    package init(_ authenticator: any Authenticator, _ metrics: DaemonMetrics, time: any TimeSource) {
        self.authenticator = authenticator
        self.metrics = metrics
        self.time = time
    }

    package func check(user: String, password: Password, from address: String) async -> Verdict {
        let begin = time.monotonic
        let verdict = await authenticator.check(user: user, password: password, from: address)
        metrics.passwordChecks[verdict.word].observe(time.monotonic - begin)
        return verdict
    }

    package func converse(user: String, password: Password, from address: String) async -> LoginStep {
        let begin = time.monotonic
        let step = await authenticator.converse(user: user, password: password, from: address)
        let word = if case .ended(let verdict, _) = step { verdict.word } else { "asks" }
        metrics.passwordChecks[word].observe(time.monotonic - begin)
        return step
    }
}

extension Verdict {
    fileprivate var word: String {
        switch self {
        case .accepted: "accepted"
        case .refused: "refused"
        case .mustChangePassword: "must_change_password"
        case .unavailable: "unavailable"
        }
    }
}
