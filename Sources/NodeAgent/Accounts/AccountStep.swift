/// One change of a machine's accounts, by one program of the shadow suite.
enum AccountStep: Sendable, Hashable {
    case addGroup(String, id: Int)
    case renumberGroup(String, id: Int)
    case removeGroup(String)
    case setMembers([String], of: String)
    /// Nobody can use it before it got its password, and before ``changeUser`` opens it.
    case addUser(String, id: Int, groupID: Int)
    /// Files in the user's home follow.
    case renumberUser(String, id: Int)
    case changeUser(String, groupID: Int, shell: String, isOpen: Bool)
    case setHash(String, of: String)
    /// The user's home stays.
    case removeUser(String)

    /// The shell of an account nobody may use.
    static let noShell = "/usr/sbin/nologin"
    /// The day such an account ended: behind 1970-01-01, which some programs take for never.
    static let closed = (date: "1970-01-02", day: "1")

    /// What does it. No secret is among the arguments, which other users of the machine can read.
    var command: (program: String, arguments: [String]) {
        switch self {
        case .addGroup(let name, let id): ("/usr/sbin/groupadd", ["--gid", String(id), name])
        case .renumberGroup(let name, let id): ("/usr/sbin/groupmod", ["--gid", String(id), name])
        case .removeGroup(let name): ("/usr/sbin/groupdel", [name])
        case .setMembers(let users, let group):
            ("/usr/bin/gpasswd", ["--members", users.joined(separator: ","), group])
        case .addUser(let name, let id, let group):
            (
                "/usr/sbin/useradd",
                [
                    "--uid", String(id), "--gid", String(group), "--no-user-group", "--comment", "confd",
                    "--create-home",
                    "--home-dir", "/home/\(name)", "--key", "HOME_MODE=0700", "--shell", Self.noShell, "--expiredate",
                    Self.closed.date, name,
                ]
            )
        case .renumberUser(let name, let id): ("/usr/sbin/usermod", ["--uid", String(id), name])
        case .changeUser(let name, let group, let shell, let isOpen):
            (
                "/usr/sbin/usermod",
                [
                    "--gid", String(group), "--shell", shell, "--expiredate", isOpen ? "" : Self.closed.date, name,
                ]
            )
        case .setHash: ("/usr/sbin/chpasswd", ["--encrypted"])
        case .removeUser(let name): ("/usr/sbin/userdel", [name])
        }
    }

    /// What the program reads; may be a secret.
    var input: String {
        if case .setHash(let hash, let name) = self { "\(name):\(hash)\n" } else { "" }
    }

    /// Exit codes that say that it was done before.
    var accepted: Set<Int> {
        switch self {
        case .removeGroup, .removeUser: [6]
        default: []
        }
    }

    /// Who is changed.
    var account: (kind: AccountKind, name: String) {
        switch self {
        case .addGroup(let name, _), .renumberGroup(let name, _), .removeGroup(let name), .setMembers(_, let name):
            (.group, name)
        case .addUser(let name, _, _), .renumberUser(let name, _), .changeUser(let name, _, _, _),
            .setHash(_, let name), .removeUser(let name):
            (.user, name)
        }
    }
}
