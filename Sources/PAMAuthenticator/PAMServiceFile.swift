/// The PAM service file of the daemon.
package enum PAMServiceFile {
    /// Why no service file can be written.
    package struct UnusablePath: Error, Sendable, Hashable {
        /// The path as given.
        package let path: String

        /// What to do about it.
        package var message: String { "A PAM service file cannot hold this path: use one without control characters." }
    }

    /// The text of the file: the system's accounts first, then the users of EXAConf through `program verify-password`.
    ///
    /// Without `asRoot` the system's accounts are left out: a daemon that cannot read the shadow file could only fail
    /// there, slowly. Pass true also for a service user that may read it. `root` is the data directory of the daemon.
    /// - Throws: `UnusablePath` for a path that is empty or holds control characters.
    package static func text(program: String, root: String, asRoot: Bool) throws(UnusablePath) -> String {
        let command = try "\(argument(program)) verify-password --root \(argument(root))"
        var lines = ["# Written by confd; changes are overwritten."]
        if asRoot {
            lines.append("auth [success=done new_authtok_reqd=done default=ignore] pam_unix.so nodelay")
        }
        lines.append("auth [success=done default=ignore] pam_exec.so quiet expose_authtok \(command)")
        lines += refusal("auth", command)
        if asRoot {
            // A locked or expired system account must not get in as a user of EXAConf: only "unknown" goes on.
            lines.append(
                "account [success=done user_unknown=ignore new_authtok_reqd=die default=die] pam_unix.so")
        }
        lines.append("account [success=done default=ignore] pam_exec.so quiet \(command)")
        lines += refusal("account", command)
        if asRoot {
            // Asked when an account's password has expired; users of EXAConf change theirs by a job.
            lines.append("password required pam_unix.so")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// What follows a refusal: pam_exec says PAM_SYSTEM_ERR whatever its program says, so the program is asked whether it
    /// could tell at all, and only then it was the user's fault.
    private static func refusal(_ type: String, _ command: String) -> [String] {
        ["\(type) [success=ignore default=die] pam_exec.so quiet \(command) --usable", "\(type) required pam_deny.so"]
    }

    // pam.conf(5): an argument with blanks stands in brackets, a closing bracket inside behind a backslash.
    private static func argument(_ path: String) throws(UnusablePath) -> String {
        guard !path.isEmpty, path.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw UnusablePath(path: path)
        }
        let isPlain = path.utf8.allSatisfy { byte in
            !" []\\#".utf8.contains(byte)
        }
        return isPlain ? path : "[" + path.replacing("]", with: "\\]") + "]"
    }
}
