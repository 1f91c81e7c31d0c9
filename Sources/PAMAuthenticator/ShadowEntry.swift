import CPAM

/// What the system's shadow file says of whether an account may still be used.
struct ShadowEntry: Sendable, Hashable {
    /// Whether somebody locked the password the account has.
    var isLocked = false
    /// The day the password was changed last. Days are counted since 1970; below 0 where none is given.
    var changed = -1
    /// For how many days a password may be used.
    var longest = -1
    /// How many days after that the account ends.
    var inactive = -1
    /// The day the account ends.
    var expires = -1

    /// An account that may be used.
    init() {}

    /// What stands there of an account; `nil` where nothing does, or the daemon may not read it.
    init?(of user: String) {
        var found = confd_shadow()
        guard confd_shadow_look_up(user, &found) == 1 else { return nil }
        isLocked = found.is_locked == 1
        (changed, longest, inactive, expires) = (found.changed, found.longest, found.inactive, found.expires)
    }

    /// Whether the account has ended on a day, as pam_unix has it: by its own end, or because its password was not changed
    /// in time, and not in the days it had then either.
    ///
    /// A password that has to be changed ends nothing: the next login asks for another one.
    func hasExpired(on day: Int) -> Bool {
        if expires >= 0, day >= expires { return true }
        guard changed > 0, longest >= 0, inactive >= 0, day >= changed else { return false }
        let age = day - changed
        return age > longest && age - longest > inactive
    }
}
