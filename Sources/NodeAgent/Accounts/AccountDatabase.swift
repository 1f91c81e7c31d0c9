import JobEngine
import Values

#if canImport(Glibc)
import Glibc
#endif

/// Users and groups have names and ids of their own.
enum AccountKind: String, CaseIterable, Sendable {
    case user, group
}

/// The accounts of a machine: looked at, and changed step by step.
protocol AccountDatabase: Sendable {
    /// The shell of people who log in.
    var shell: String { get }
    /// What its own files say.
    func files() throws(InstallError) -> AccountFiles
    /// The id of a name, whatever knows it, a directory service for instance.
    func id(of name: String, _ kind: AccountKind) -> Int?
    /// The name of an id, likewise.
    func name(of id: Int, _ kind: AccountKind) -> String?
    /// Does one step.
    ///
    /// - Throws: `failed` with what the program said.
    func perform(_ step: AccountStep, _ call: ActionCall) async throws(ActionError)
}

/// The accounts of this machine, changed by the programs of its shadow suite.
struct SystemAccountDatabase: AccountDatabase {
    private let durable = DurableFile()

    /// Programs that are needed and not installed.
    static var lacking: [String] {
        ["useradd", "usermod", "userdel", "groupadd", "groupmod", "groupdel", "chpasswd"].map { "/usr/sbin/\($0)" }
            .filter { access($0, X_OK) != 0 } + (access("/usr/bin/gpasswd", X_OK) == 0 ? [] : ["/usr/bin/gpasswd"])
    }

    var shell: String { access("/bin/bash", X_OK) == 0 ? "/bin/bash" : "/bin/sh" }

    func files() throws(InstallError) -> AccountFiles {
        AccountFiles(passwd: try text("/etc/passwd"), group: try text("/etc/group"), shadow: try text("/etc/shadow"))
    }

    private func text(_ path: String) throws(InstallError) -> String {
        guard let bytes = try durable.read(path) else { throw InstallError("\(path) is not there.") }
        return String(decoding: bytes, as: UTF8.self)
    }

    func perform(_ step: AccountStep, _ call: ActionCall) async throws(ActionError) {
        let (path, arguments) = step.command
        var program = ExternalProgram(path)
        program.arguments = arguments
        let answer = try await program.run(Array(step.input.utf8), within: call)
        guard answer.exitCode != 0, !step.accepted.contains(answer.exitCode) else { return }
        throw .failed(code: answer.exitCode, message: answer.messages.joined(separator: " "))
    }

    func id(of name: String, _ kind: AccountKind) -> Int? {
        switch kind {
        case .user: Self.entry(passwd(), { getpwnam_r(name, $0, $1, $2, $3) }) { Int($0.pw_uid) }
        case .group: Self.entry(group(), { getgrnam_r(name, $0, $1, $2, $3) }) { Int($0.gr_gid) }
        }
    }

    func name(of id: Int, _ kind: AccountKind) -> String? {
        guard let id = UInt32(exactly: id) else { return nil }
        return switch kind {
        case .user: Self.entry(passwd(), { getpwuid_r(id, $0, $1, $2, $3) }) { String(cString: $0.pw_name) }
        case .group: Self.entry(group(), { getgrgid_r(id, $0, $1, $2, $3) }) { String(cString: $0.gr_name) }
        }
    }

    /// What is read of an entry the C library finds, whose texts lie in a buffer of ours.
    private static func entry<Entry, Found>(
        _ empty: Entry,
        _ find: (
            UnsafeMutablePointer<Entry>, UnsafeMutablePointer<CChar>, Int,
            UnsafeMutablePointer<UnsafeMutablePointer<Entry>?>
        ) -> Int32, read: (Entry) -> Found
    ) -> Found? {
        var size = 4096
        while size <= 1 << 22 {
            let (code, found): (Int32, Found?) = withUnsafeTemporaryAllocation(of: CChar.self, capacity: size) {
                buffer in
                guard let texts = buffer.baseAddress else { return (ENOMEM, nil) }
                var (entry, result) = (empty, UnsafeMutablePointer<Entry>?.none)
                let code = find(&entry, texts, size, &result)
                return (code, code == 0 && result != nil ? read(entry) : nil)
            }
            guard code == ERANGE else { return found }
            size *= 4
        }
        return nil
    }
}
