package import Access
import Synchronization
import Waiting

/// Asks PAM: authentication and account phase, one handle per call, on threads of its own.
///
/// A login that may be asked more than a password has a thread for itself, from its beginning to its end.
package final class PAMAuthenticator: Authenticator {
    /// Limits of logins that PAM may ask questions in.
    package struct Conversations: Sendable {
        /// How many there may be at once; each holds a thread. Default 16.
        package var limit = 16
        /// How long the caller may take for an answer. Default 60 s.
        package var patience = Duration.seconds(60)

        /// The defaults.
        package init() {}
    }

    private let service: String
    private let confdir: String?
    private let threads: ThreadPool
    private let conversations: Conversations
    private let stepLimit: Duration
    private let underWay = OpenConversations()

    /// Checks against the PAM service of this name, read from `confdir` or, when that is `nil`, from the system's folder.
    ///
    /// At most `threads` checks run at once and `queueLimit` wait; more are answered as unavailable, as is a check that
    /// has no result `deadline` after it was asked for. A call that outlives its deadline keeps its thread until it ends.
    package init(
        service: String = "confd", confdir: String? = nil, threads: Int = 4, queueLimit: Int = 64,
        deadline: Duration = .seconds(10), conversations: Conversations = Conversations()
    ) {
        self.service = service
        self.confdir = confdir
        self.threads = ThreadPool(name: "pam", threads: threads, queueLimit: queueLimit)
        self.conversations = conversations
        stepLimit = deadline
    }

    package func check(user: String, password: Password, from address: String) async -> Verdict {
        guard !password.isUnusable else { return .refused(detail: "empty or unusable password") }
        guard !user.utf8.contains(0), !address.utf8.contains(0) else {
            return .refused(detail: "user name or address with a NUL")
        }
        let service = service, confdir = confdir
        let answer = threads.submit {
            PAMResult.check(service: service, confdir: confdir, user: user, password: password, address: address)
        }
        return switch await answer.answer(within: stepLimit, late: .failure(.late)) {
        case .success(let result): result.verdict
        case .failure(.full): .unavailable(detail: "too many checks wait for PAM")
        case .failure(.late): .unavailable(detail: "PAM gave no answer in time")
        case .failure(.cancelled), .failure(.closed): .unavailable(detail: "PAM threads are stopped")
        }
    }

    package func converse(user: String, password: Password, from address: String) async -> LoginStep {
        guard !password.isUnusable else {
            return .ended(.refused(detail: "empty or unusable password"), passwordChanged: false)
        }
        guard !user.utf8.contains(0), !address.utf8.contains(0) else {
            return .ended(.refused(detail: "user name or address with a NUL"), passwordChanged: false)
        }
        guard underWay.enter(limit: conversations.limit) else {
            return .ended(.unavailable(detail: "too many logins wait for answers"), passwordChanged: false)
        }
        let conversation = PAMConversation(
            password: password,
            limits: PAMConversation.Limits(step: stepLimit, patience: conversations.patience))
        return await conversation.begin(
            service: service, confdir: confdir, user: user, address: address
        ) { [underWay] in underWay.leave() }
    }

    /// Logins that hold a thread of their own, for metrics.
    package var conversationsUnderWay: Int { underWay.current }

    /// Checks that wait or are under way, for metrics.
    package var load: Int { threads.load }
}

extension PAMAuthenticator {
    /// Why logins cannot be checked by a service, found by the try of one that nobody can have; `nil` when they can.
    ///
    /// The file is read by PAM itself, as for each login. Blocks for as long as its modules take.
    package static func fault(service: String, confdir: String) -> String? {
        let result = PAMResult.check(
            service: service, confdir: confdir, user: "confd check", password: Password("no password"), address: "")
        switch result.verdict {
        case .accepted: return "it lets in whoever comes, with any password"
        case .unavailable(let detail): return "a module of it cannot be used (\(detail))"
        // PAM's own answer where a phase has no rule; modules that refuse have others.
        case .refused(let detail): return result.code == 6 ? "it has no rule that can be used (\(detail))" : nil
        case .mustChangePassword: return nil
        }
    }
}

/// Counts the conversations that hold a thread.
private final class OpenConversations: Sendable {
    private let count = Mutex(0)

    func enter(limit: Int) -> Bool {
        count.withLock { count in
            guard count < limit else { return false }
            count += 1
            return true
        }
    }

    var current: Int { count.withLock { $0 } }

    func leave() { count.withLock { $0 -= 1 } }
}
