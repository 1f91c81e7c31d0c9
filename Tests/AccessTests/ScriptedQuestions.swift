import Access
import Synchronization

/// A login that asks a fixed list of questions, one at a time; the right answer to each is `answer` and its number.
final class ScriptedQuestions: LoginConversation {
    private let state = Mutex((asked: 0, isAbandoned: false, wrong: false))
    private let prompts: [LoginPrompt]
    private let changesPassword: Bool

    init(_ prompts: [LoginPrompt], changesPassword: Bool = false) {
        self.prompts = prompts
        self.changesPassword = changesPassword
    }

    convenience init(_ texts: String...) {
        self.init(texts.map { LoginPrompt(text: $0, isEchoed: false) })
    }

    var isAbandoned: Bool { state.withLock { $0.isAbandoned } }

    func next() -> LoginStep {
        let place = state.withLock { state in
            defer { state.asked += 1 }
            return state.asked
        }
        if place < prompts.count { return .asks([prompts[place]], messages: ["step \(place)"], self) }
        let isWrong = state.withLock { $0.wrong }
        return .ended(isWrong ? .refused(detail: "wrong answer") : .accepted, passwordChanged: changesPassword)
    }

    func answer(_ answers: [Password]) async -> LoginStep {
        let expected = "answer\(state.withLock { $0.asked })"
        let shown = answers.first?.withBytes { String(decoding: $0, as: UTF8.self) }
        if shown != expected { state.withLock { $0.wrong = true } }
        return next()
    }

    func abandon() { state.withLock { $0.isAbandoned = true } }
}
