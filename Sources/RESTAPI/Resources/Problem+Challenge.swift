import Access
import Gateway
import JobEngine
import Values

extension Problem {
    /// The answer to a login that has to tell more.
    init(_ challenge: LoginChallenge) {
        let prompts = challenge.prompts.map { prompt -> Value in
            ["text": .string(prompt.text), "echo": .bool(prompt.isEchoed)]
        }
        self.init(
            .gateway(.loginContinues), "The login asks for more: send 'answers' to /sessions/\(challenge.id).",
            details: [
                "challenge_id": .string(challenge.id), "prompts": .list(prompts),
                "expires_in_s": .int(Int(challenge.patience.components.seconds)),
            ])
        if !challenge.messages.isEmpty { details["messages"] = .strings(challenge.messages) }
        headers.append(contentsOf: Problem(AccessError.authenticationFailed).headers)
    }

    /// The problem for answers that were not taken.
    init(_ error: ChallengeError) {
        switch error {
        case .access(let error): self.init(error)
        case .wrongCount(let expected):
            let text = "Give as many answers as there are prompts, \(expected)."
            self.init(.bodyInvalid, text, faults: [.init(.pointer("/answers"), "wrong-count", detail: text)])
        case .unusable(let place):
            let text = "An answer has to have 1 to 511 bytes and no NUL."
            self.init(.bodyInvalid, text, faults: [.init(.pointer("/answers/\(place)"), "unusable", detail: text)])
        }
    }
}
