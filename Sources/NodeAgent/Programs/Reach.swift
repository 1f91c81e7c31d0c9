import Foundation

#if canImport(Glibc)
import Glibc
#endif

/// Whether an account of this machine gets at a path, by owner, group and mode of what lies on the way.
package struct Reach: Sendable {
    private let name: String
    private let account: ExternalProgram.Account

    /// - Parameter name: The account's, for messages.
    package init(_ name: String, _ account: ExternalProgram.Account) {
        self.name = name
        self.account = account
    }

    /// What is in the way to a file or folder, links followed: `/root (mode 0700, of root) cannot be entered by postgres`.
    ///
    /// - Returns: `nil` when nothing is. Folders that are not there are in nobody's way.
    package func obstacle(to path: String) -> String? {
        let real = realpath(path, nil).map { text in
            defer { free(text) }
            return String(cString: text)
        }
        for folder in Self.folders(above: path) + (real.map { Self.folders(above: $0) } ?? []) {
            var found = stat()
            guard stat(folder, &found) == 0, found.st_mode & S_IFMT == S_IFDIR, !may(Self.search, found) else {
                continue
            }
            return "\(folder) (mode \(Self.octal(found)), of \(Self.owner(of: found))) cannot be entered by \(name)"
        }
        return nil
    }

    /// The same for entering a folder itself.
    package func obstacle(into folder: String) -> String? { obstacle(to: folder + "/.") }

    /// What keeps the account from starting a program.
    package func obstacle(toRunning program: String) -> String? {
        if let obstacle = obstacle(to: program) { return obstacle }
        var found = stat()
        guard stat(program, &found) == 0, !may(Self.search | Self.read, found) else { return nil }
        return "\(program) (mode \(Self.octal(found)), of \(Self.owner(of: found))) cannot be run by \(name)"
    }

    private static let read: mode_t = 4
    private static let search: mode_t = 1

    private func may(_ bits: mode_t, _ found: stat) -> Bool {
        if account.userID == 0 { return true }
        let shift: mode_t =
            found.st_uid == account.userID
            ? 6 : found.st_gid == account.groupID || account.groupIDs.contains(found.st_gid) ? 3 : 0
        return (found.st_mode >> shift) & bits == bits
    }

    /// `/`, `/a` and `/a/b` for `/a/b/c`.
    private static func folders(above path: String) -> [String] {
        var folders = ["/"]
        for part in path.split(separator: "/").dropLast() {
            folders.append(folders.count == 1 ? "/\(part)" : "\(folders[folders.count - 1])/\(part)")
        }
        return folders
    }

    private static func octal(_ found: stat) -> String {
        let digits = String(found.st_mode & 0o7777, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    private static func owner(of found: stat) -> String {
        getpwuid(found.st_uid).map { String(cString: $0.pointee.pw_name) } ?? "user \(found.st_uid)"
    }
}
