import Posix
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// A file that is there while rclone runs, and tells it the keys of a host.
struct KnownHostsFile {
    let path: String
    private let folder: Descriptor
    private let name: String

    /// Numbers begin anew with the daemon, so that what a killed one left is replaced.
    private static let count = Atomic<Int>(0)

    /// - Parameters:
    ///   - text: What it holds.
    ///   - account: Who reads it; `nil` for the daemon's own.
    init(
        _ text: String, for account: ExternalProgram.Account?, _ call: ActionCall
    ) throws(ActionError) {
        // Beside what databases have there: others pass, and no name of theirs begins with a dot.
        let place = "\(call.root.spool)/databases"
        name = ".hosts-\(Self.count.wrappingAdd(1, ordering: .relaxed).newValue)"
        path = "\(place)/\(name)"
        do throws(SystemFault) {
            folder = try Descriptor.trusted(place)
            unlinkat(folder.number, name, 0)
            let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
            let file = try Descriptor(openat(folder.number, name, flags, 0o600))
            try file.write(Array(text.utf8)[...])
            if let account { try file.give(to: account.userID, group: account.groupID) }
        } catch {
            throw .failed(code: 1, message: "\(path) could not be made: \(error).")
        }
    }

    func remove() { unlinkat(folder.number, name, 0) }
}
