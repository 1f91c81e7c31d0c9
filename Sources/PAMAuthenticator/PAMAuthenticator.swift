package import Access

/// Asks PAM: authentication and account phase, one handle per call, on threads of its own.
package final class PAMAuthenticator: Authenticator {
    private let service: String
    private let confdir: String?
    private let threads: BoundedThreads

    /// Checks against the PAM service of this name, read from `confdir` or, when that is `nil`, from the system's folder.
    ///
    /// At most `threads` checks run at once and `queueLimit` wait; more are answered as unavailable, as is a check that
    /// has no result `deadline` after it was asked for. A call that outlives its deadline keeps its thread until it ends.
    package init(
        service: String = "confd", confdir: String? = nil, threads: Int = 4, queueLimit: Int = 64,
        deadline: Duration = .seconds(10)
    ) {
        self.service = service
        self.confdir = confdir
        self.threads = BoundedThreads(
            threads: threads, queueLimit: queueLimit, deadline: deadline)
    }

    package func check(user: String, password: Password, from address: String) async -> Verdict {
        guard !password.isUnusable else { return .refused(detail: "empty or unusable password") }
        guard !user.utf8.contains(0), !address.utf8.contains(0) else {
            return .refused(detail: "user name or address with a NUL")
        }
        let service = service, confdir = confdir
        let answer = await threads.run {
            PAMResult.check(service: service, confdir: confdir, user: user, password: password, address: address)
        }
        return switch answer {
        case .finished(let result): result.verdict
        case .full: .unavailable(detail: "too many checks wait for PAM")
        case .late: .unavailable(detail: "PAM gave no answer in time")
        case .stopped: .unavailable(detail: "PAM threads are stopped")
        }
    }

    /// Checks that wait or are under way, for metrics.
    package var load: Int { threads.load }
}
