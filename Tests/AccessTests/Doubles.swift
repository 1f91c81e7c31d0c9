import Access
import Synchronization

/// Time that stands still until it is moved; a sleep moves it to the sleep's end at once.
final class ManualTime: TimeSource {
    private struct State {
        var monotonic = Duration.seconds(1000)
        var now: Int64 = 1_700_000_000_000
        var sleeps: [Duration] = []
    }

    private let state = Mutex(State())

    var monotonic: Duration { state.withLock { $0.monotonic } }
    var now: Int64 { state.withLock { $0.now } }

    /// How far ahead each sleep's end lay.
    var sleeps: [Duration] { state.withLock { $0.sleeps } }

    func advance(by span: Duration) {
        state.withLock { state in
            state.monotonic += span
            state.now += span.components.seconds * 1000 + span.components.attoseconds / 1_000_000_000_000_000
        }
    }

    func sleep(until deadline: Duration) async {
        let span = deadline - monotonic
        state.withLock { $0.sleeps.append(span) }
        if span > .zero { advance(by: span) }
    }
}

/// Knows a few passwords, counts what it is asked, and can be held back.
final class ScriptedAuthenticator: Authenticator {
    private struct State {
        var passwords = ["anna": "right", "root": "toor", "locked": "right"]
        var verdicts: [String: Verdict] = [:]
        var asked: [String] = []
        var isHeld = false
        var held: [CheckedContinuation<Void, Never>] = []
        var questions: [String: ScriptedQuestions] = [:]
    }

    private let state = Mutex(State())
    private let onCheck: @Sendable () -> Void

    init(onCheck: @escaping @Sendable () -> Void = {}) {
        self.onCheck = onCheck
    }

    /// Users in the order they were asked about.
    var asked: [String] { state.withLock { $0.asked } }

    func answer(_ verdict: Verdict?, for user: String) { state.withLock { $0.verdicts[user] = verdict } }
    func setPassword(_ password: String, of user: String) { state.withLock { $0.passwords[user] = password } }
    func hold() { state.withLock { $0.isHeld = true } }

    func release() {
        let held = state.withLock { state in
            state.isHeld = false
            defer { state.held = [] }
            return state.held
        }
        for continuation in held {
            continuation.resume()
        }
    }

    /// From now on a login of this user asks so before it is decided.
    func ask(_ questions: ScriptedQuestions?, of user: String) { state.withLock { $0.questions[user] = questions } }

    func converse(user: String, password: Password, from address: String) async -> LoginStep {
        let verdict = await check(user: user, password: password, from: address)
        guard verdict == .accepted, let questions = state.withLock({ $0.questions[user] }) else {
            return .ended(verdict, passwordChanged: false)
        }
        return questions.next()
    }

    func check(user: String, password: Password, from address: String) async -> Verdict {
        onCheck()
        let verdict = state.withLock { state -> Verdict in
            state.asked.append(user)
            if let verdict = state.verdicts[user] { return verdict }
            guard let known = state.passwords[user] else { return .refused(detail: "unknown user") }
            let shown = password.withBytes { String(decoding: $0, as: UTF8.self) }
            return known == shown ? .accepted : .refused(detail: "wrong password")
        }
        await withCheckedContinuation { continuation in
            let isHeld = state.withLock { state in
                if state.isHeld { state.held.append(continuation) }
                return state.isHeld
            }
            if !isHeld { continuation.resume() }
        }
        return verdict
    }
}

/// A directory whose users and token can be changed.
final class MemoryDirectory: Directory {
    private struct State {
        var users: [String: DirectoryEntry] = [:]
        var accounts: [Int: String] = [:]
        var token: String?
        var isDown = false
        var lookups = 0
        var revision = 0
    }

    private let state = Mutex(State())

    init(_ users: [DirectoryEntry], token: String? = nil) {
        state.withLock { state in
            state.users = Dictionary(uniqueKeysWithValues: users.map { ($0.name, $0) })
            state.token = token
        }
    }

    var lookups: Int { state.withLock { $0.lookups } }

    func set(_ entry: DirectoryEntry) { state.withLock { $0.users[entry.name] = entry } }
    func remove(_ user: String) { state.withLock { _ = $0.users.removeValue(forKey: user) } }
    func setToken(_ token: String?) { state.withLock { $0.token = token } }
    func setDown(_ isDown: Bool) { state.withLock { $0.isDown = isDown } }
    func setRevision(_ revision: Int) { state.withLock { $0.revision = revision } }
    func setAccounts(_ accounts: [Int: String]) { state.withLock { $0.accounts = accounts } }

    func accountName(of userID: Int) async throws(AccessError) -> String? { state.withLock { $0.accounts[userID] } }

    func entry(of user: String) async throws(AccessError) -> DirectoryEntry? {
        let (isDown, entry) = state.withLock { state in
            state.lookups += 1
            return (state.isDown, state.users[user])
        }
        if isDown { throw .unavailable(retryAfter: .seconds(1)) }
        return entry
    }

    func bearerToken() async -> String? { state.withLock { $0.token } }
    var revision: Int { state.withLock { $0.revision } }
}
