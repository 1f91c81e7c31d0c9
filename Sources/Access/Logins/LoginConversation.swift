/// A login under way in which the account database asks for more than a password: a one-time code, a new password.
package protocol LoginConversation: Sendable {
    /// What comes after the answers to everything that was asked, in the order of the prompts.
    ///
    /// To be called once for each step that asks; it answers within a bounded time, also when its task is cancelled.
    func answer(_ answers: [Password]) async -> LoginStep

    /// Ends the login without a result and gives back what it holds.
    func abandon()
}

/// Something the account database wants to know.
package struct LoginPrompt: Sendable, Hashable {
    /// For the person who logs in, as the account database words it.
    package let text: String

    /// Whether what is typed may be seen.
    package let isEchoed: Bool

    /// A prompt with exactly these values.
    package init(text: String, isEchoed: Bool) {
        self.text = text
        self.isEchoed = isEchoed
    }
}

/// Where a login has come to.
package enum LoginStep: Sendable {
    /// More is wanted; `messages` were said before it, for the person who logs in.
    case asks([LoginPrompt], messages: [String], any LoginConversation)

    /// Nothing more is asked. Details of the verdict are for log and audit only.
    case ended(Verdict, passwordChanged: Bool)
}
