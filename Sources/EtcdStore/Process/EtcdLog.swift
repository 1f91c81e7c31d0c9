import Glibc
import Posix

/// The file etcd writes to, itself: it goes on writing while no daemon runs.
///
/// It is cut in place, since etcd keeps it open. What it had is kept beside it once; a line that is written meanwhile may be
/// lost.
struct EtcdLog: Sendable, Hashable {
    /// Bytes after which it is cut.
    static let usualLimit = 8 << 20
    /// The end of it that is asked why etcd ended.
    static let tail = 64 * 1024

    let path: String
    var limit = Self.usualLimit

    /// A file to write behind its end, for the daemon alone to read.
    func open() throws(SystemFault) -> Descriptor {
        try Descriptor.file(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW)
    }

    /// How long it is; 0 without one.
    var length: Int { (try? Descriptor.file(path, O_RDONLY | O_NOFOLLOW).look()).map { Int($0.st_size) } ?? 0 }

    /// Its end, nothing of what was there before a place.
    func end(since place: Int) -> [UInt8] {
        guard let file = try? Descriptor.file(path, O_RDONLY | O_NOFOLLOW), let size = try? Int(file.look().st_size)
        else {
            return []
        }
        // It may have been cut since.
        let start = max(place <= size ? place : 0, size - Self.tail)
        return (try? file.read(from: start, count: Self.tail)) ?? []
    }

    /// Cuts it when it is too long: at most twice the limit is kept, and what is written between two looks.
    ///
    /// - Returns: Whether it was cut.
    @discardableResult
    func cut() throws(SystemFault) -> Bool {
        guard length > limit else { return false }
        let file = try Descriptor.file(path, O_RDWR | O_NOFOLLOW)
        let size = Int(try file.look().st_size)
        let kept = try file.read(from: max(0, size - limit), count: limit)
        let parts = path.split(separator: "/")
        guard let name = parts.last else { return false }
        let folder = try Descriptor.trusted("/" + parts.dropLast().joined(separator: "/"))
        try folder.replace("\(name).1", by: kept, mode: 0o600)
        try file.setLength(0)
        return true
    }
}
