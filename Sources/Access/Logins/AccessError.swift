/// Why a caller is not let in, or not allowed to do what was asked.
///
/// The message is fit for the caller and never tells which part of a credential was wrong.
package enum AccessError: Error, Sendable, Hashable {
    /// Unknown user, wrong password, locked, expired, ended session: all the same to the caller.
    case authenticationFailed

    /// Too many failures or attempts from the caller's address; another attempt counts after `retryAfter`.
    case rateLimited(retryAfter: Duration)

    /// The check could not be made: queue full, deadline passed, account database or store not reachable.
    case unavailable(retryAfter: Duration)

    /// There is no room to keep what was asked for, such as a session.
    case outOfSpace

    /// Another node decides, or none: what lets users in is neither kept nor ended here.
    case noMaster

    /// The caller is known but the permission lists none of their groups; `groups` are those that may, sorted.
    case forbidden(groups: [String])

    /// The stable word for programs, as it stands in `problem+json`.
    package var code: String {
        switch self {
        case .authenticationFailed: "authentication-failed"
        case .rateLimited: "rate-limited"
        case .unavailable: "unavailable"
        case .outOfSpace: "out-of-space"
        case .noMaster: "no-master"
        case .forbidden: "permission-denied"
        }
    }

    /// One or two sentences for the caller that say what to do.
    package var message: String {
        switch self {
        case .authenticationFailed:
            "Authentication failed. Check user name and password or token; several failures lock a login for some minutes."
        case .rateLimited(let pause):
            "Too many attempts. Try again in \(Self.seconds(pause)) s."
        case .unavailable(let pause):
            "The login could not be checked at the moment. Try again in \(Self.seconds(pause)) s."
        case .outOfSpace:
            "The disk with the store is full: nothing was taken. Make room, then try again."
        case .noMaster:
            "This node does not decide at the moment: nothing was done. Send the request again."
        case .forbidden(let groups) where groups.isEmpty:
            "Not allowed. Only root may do this."
        case .forbidden(let groups):
            "Not allowed. Members of these groups may do this: \(groups.joined(separator: ", "))."
        }
    }

    /// Whole seconds for `Retry-After`, rounded up, at least 1; `nil` when waiting does not help.
    package var retryAfterSeconds: Int? {
        switch self {
        case .rateLimited(let pause), .unavailable(let pause): Self.seconds(pause)
        case .outOfSpace: 60
        case .noMaster: 1
        case .authenticationFailed, .forbidden: nil
        }
    }

    private static func seconds(_ pause: Duration) -> Int {
        let (whole, fraction) = pause.components
        let roundedUp = fraction > 0 && whole < .max ? whole + 1 : whole
        return Int(clamping: max(1, roundedUp))
    }
}
