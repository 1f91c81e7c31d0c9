/// The password side of a user in EXAConf.
package struct PasswordEntry: Sendable, Hashable {
    /// `LoginEnabled` of the user's section.
    package let loginEnabled: Bool

    /// `Passwd` of the user's section; `nil` when it is missing.
    package let hash: ShadowHash?

    /// An entry with exactly these values.
    package init(loginEnabled: Bool, hash: ShadowHash?) {
        self.loginEnabled = loginEnabled
        self.hash = hash
    }
}

/// What `confd verify-password` answers to pam_exec.
package enum PasswordVerification {
    /// The answer; a reason is for the log only.
    package enum Decision: Sendable, Hashable {
        case accepted
        case refused(reason: String)
    }

    /// Whether the user of EXAConf may pass the phase called `type` (`PAM_TYPE` of pam_exec(8)).
    ///
    /// `auth` needs the right password of a user who may log in, `account` only a user who may log in; every other phase
    /// is refused. A missing user costs the time of a check.
    package static func decide(type: String, user: String, password: Password, entry: PasswordEntry?) -> Decision {
        switch type {
        case "auth": authenticate(user: user, password: password, entry: entry)
        case "account": mayLogIn(user: user, entry: entry)
        default: .refused(reason: "phase \(type) is not served")
        }
    }

    /// The password in what pam_exec writes on standard input: the bytes before the first NUL.
    package static func password(fromInput input: some Collection<UInt8>) -> Password {
        Password(bytes: Array(input.prefix { $0 != 0 }))
    }

    private static func authenticate(user: String, password: Password, entry: PasswordEntry?) -> Decision {
        guard !password.isUnusable else { return .refused(reason: "empty password") }
        let isRight = (entry?.hash ?? ShadowHash("")).verify(password)
        let account = mayLogIn(user: user, entry: entry)
        guard account == .accepted else { return account }
        return isRight ? .accepted : .refused(reason: "wrong password")
    }

    private static func mayLogIn(user: String, entry: PasswordEntry?) -> Decision {
        guard !user.isEmpty, let entry else { return .refused(reason: "no such user") }
        guard entry.loginEnabled else { return .refused(reason: "login not enabled") }
        return .accepted
    }
}
