import Access
import CPAM

/// Phase and code in which one PAM conversation ended.
struct PAMResult: Sendable, Hashable {
    /// The phase that gave the code.
    enum Stage: Int32, Sendable {
        case start = 0
        case authenticate = 1
        case account = 2
        case password = 3
    }

    let stage: Stage
    let code: Int32

    /// Runs both phases on the calling thread, which it blocks.
    static func check(
        service: String, confdir: String?, user: String, password: Password, address: String
    ) -> PAMResult {
        var stage: Int32 = 0
        let code = password.withCString { phrase in
            let remote: String? = address.isEmpty ? nil : address
            return confd_pam_check(service, user, phrase, remote, confdir, &stage)
        }
        return PAMResult(stage: Stage(rawValue: stage) ?? .start, code: code)
    }

    /// What the code means for a login.
    ///
    /// 4 (system error) is how pam_exec(8) reports a program that refused, so it counts as refused in the two phases; when
    /// PAM could not even start, nothing was decided.
    var verdict: Verdict {
        switch (stage, code) {
        case (.start, _): .unavailable(detail: description)
        case (.account, 0): .accepted
        case (_, 12): .mustChangePassword
        case (_, 4), (_, 6), (_, 7), (_, 8), (_, 10), (_, 11), (_, 13), (_, 16), (_, 27),
            (.password, 20), (.password, 21):
            .refused(detail: description)
        default: .unavailable(detail: description)
        }
    }

    /// Stage, C name and number, for the log.
    var description: String { "PAM \(stage): \(Self.names[code] ?? "unknown code") (\(code))" }

    // Numbers of Linux-PAM, _pam_types.h.
    private static let names: [Int32: String] = [
        0: "PAM_SUCCESS", 1: "PAM_OPEN_ERR", 2: "PAM_SYMBOL_ERR", 3: "PAM_SERVICE_ERR", 4: "PAM_SYSTEM_ERR",
        5: "PAM_BUF_ERR", 6: "PAM_PERM_DENIED", 7: "PAM_AUTH_ERR", 8: "PAM_CRED_INSUFFICIENT",
        9: "PAM_AUTHINFO_UNAVAIL", 10: "PAM_USER_UNKNOWN", 11: "PAM_MAXTRIES", 12: "PAM_NEW_AUTHTOK_REQD",
        13: "PAM_ACCT_EXPIRED", 16: "PAM_CRED_EXPIRED", 19: "PAM_CONV_ERR", 20: "PAM_AUTHTOK_ERR",
        21: "PAM_AUTHTOK_RECOVERY_ERR", 26: "PAM_ABORT",
        27: "PAM_AUTHTOK_EXPIRED", 28: "PAM_MODULE_UNKNOWN",
    ]
}
