import Access
import CPAM
import Dispatch
import Foundation
import Synchronization
import Waiting

/// One login in which PAM may ask questions, on a thread of its own, since PAM's modules wait where they ask.
///
/// The first hidden prompt is answered with the password the login began with; whatever else is asked goes to the caller.
final class PAMConversation: LoginConversation {
    private struct State {
        var password: Password?
        var reply: Waiter<LoginStep>?
        var answers: [Password]?
        var messages: [String] = []
        var isOver = false
    }

    private let state: Mutex<State>
    private let answered = DispatchSemaphore(value: 0)
    private let limits: Limits

    /// How long each side may take.
    struct Limits: Sendable {
        /// For PAM to ask or to decide.
        var step: Duration
        /// For the caller to answer.
        var patience: Duration
    }

    init(password: Password, limits: Limits) {
        state = Mutex(State(password: password))
        self.limits = limits
    }

    /// Starts the thread and returns what PAM asks first, or its verdict; `onEnd` is called when the thread is free.
    func begin(
        service: String, confdir: String?, user: String, address: String, onEnd: @escaping @Sendable () -> Void
    ) async -> LoginStep {
        await step { [self] in
            let thread = Thread { [self] in
                let step = run(service, confdir: confdir, user: user, address: address)
                let reply = state.withLock { state in
                    state.isOver = true
                    return Self.take(&state.reply)
                }
                onEnd()
                reply?.resume(returning: step)
            }
            thread.stackSize = 1 << 20
            thread.start()
        }
    }

    func answer(_ answers: [Password]) async -> LoginStep {
        await step { [self] in
            state.withLock { $0.answers = answers }
            answered.signal()
        }
    }

    func abandon() {
        state.withLock { $0.isOver = true }
        answered.signal()
    }

    /// Does something that makes PAM go on, and returns where it comes to.
    private func step(_ goOn: () -> Void) async -> LoginStep {
        let reply = Waiter<LoginStep>()
        let isOver = state.withLock { state in
            if !state.isOver { state.reply = reply }
            return state.isOver
        }
        if isOver { return .ended(.unavailable(detail: "the login is over"), passwordChanged: false) }
        goOn()
        return await reply.answer(
            within: limits.step,
            late: .ended(.unavailable(detail: "PAM gave no answer in time"), passwordChanged: false))
    }

    private func run(_ service: String, confdir: String?, user: String, address: String) -> LoginStep {
        var stage: Int32 = 0
        var changed: Int32 = 0
        let remote: String? = address.isEmpty ? nil : address
        let code = confd_pam_login(
            service, user, remote, confdir,
            { context, count, messages, answers in
                guard let context, let messages, let answers, count > 0 else { return 1 }
                let conversation = Unmanaged<PAMConversation>.fromOpaque(context).takeUnretainedValue()
                return conversation.respond(
                    to: UnsafeBufferPointer(start: messages, count: Int(count)),
                    UnsafeMutableBufferPointer(start: answers, count: Int(count))) ? 0 : 1
            },
            Unmanaged.passUnretained(self).toOpaque(), &stage, &changed)
        let result = PAMResult(stage: PAMResult.Stage(rawValue: stage) ?? .start, code: code)
        return .ended(result.verdict, passwordChanged: changed == 1)
    }

    /// Called by PAM on the thread, which it blocks until there are answers; false ends the login.
    private func respond(
        to messages: UnsafeBufferPointer<confd_pam_message>,
        _ answers: UnsafeMutableBufferPointer<UnsafeMutablePointer<CChar>?>
    ) -> Bool {
        var asked: [Int] = []
        var prompts: [LoginPrompt] = []
        for (index, message) in messages.enumerated() {
            let text = message.text.map { String(String(cString: $0).prefix(200)) } ?? ""
            switch message.style {
            case 1, 2:
                if message.style == 1, let password = state.withLock({ Self.take(&$0.password) }) {
                    answers[index] = Self.copy(password)
                } else {
                    asked.append(index)
                    prompts.append(LoginPrompt(text: text, isEchoed: message.style == 2))
                }
            default: state.withLock { if $0.messages.count < 16 { $0.messages.append(text) } }
            }
        }
        guard !asked.isEmpty else { return true }
        guard let given = ask(prompts), given.count == asked.count else { return false }
        for (index, answer) in zip(asked, given) { answers[index] = Self.copy(answer) }
        return true
    }

    /// Tells the caller what is asked and waits for the answers; `nil` when none come.
    private func ask(_ prompts: [LoginPrompt]) -> [Password]? {
        let (reply, messages) = state.withLock { state in
            defer { state.messages = [] }
            return (Self.take(&state.reply), state.messages)
        }
        // A caller who was told that PAM is too slow does not know that it asks now.
        guard let reply, reply.resume(returning: .asks(prompts, messages: messages, self)) else { return nil }
        let outcome = answered.wait(timeout: .now() + .nanoseconds(limits.patience.nanoseconds))
        return state.withLock { state in
            if outcome == .timedOut, state.answers == nil { state.isOver = true }
            return state.isOver ? nil : Self.take(&state.answers)
        }
    }

    // The module frees it.
    private static func copy(_ password: Password) -> UnsafeMutablePointer<CChar>? {
        password.withCString { strdup($0) }
    }

    private static func take<Value>(_ place: inout Value?) -> Value? {
        defer { place = nil }
        return place
    }
}
