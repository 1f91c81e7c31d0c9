/// What a login wants to know before it can go on.
package struct LoginChallenge: Sendable, Hashable {
    /// Names the login for the answers; 32 hexadecimal digits, good for one answer.
    package let id: String

    /// What to ask the person who logs in, in this order.
    package let prompts: [LoginPrompt]

    /// What to tell that person before.
    package let messages: [String]

    /// How long the answers are waited for.
    package let patience: Duration
}

/// How far a login has come.
package enum LoginProgress: Sendable {
    /// The caller is who they say.
    case proven(Principal)

    /// More is wanted of the caller.
    case asks(LoginChallenge)
}

/// Why answers to a challenge were not taken.
package enum ChallengeError: Error, Sendable, Hashable {
    /// Another number of answers is wanted; the challenge stands.
    case wrongCount(expected: Int)

    /// An answer cannot be passed on: 1 to 511 bytes, no NUL; the challenge stands. Counted from 0.
    case unusable(Int)

    /// The login did not succeed, or there is no such challenge.
    case access(AccessError)
}
