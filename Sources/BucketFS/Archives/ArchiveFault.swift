import Glibc
import Posix

/// Why an archive is not shown unpacked.
enum ArchiveFault: Error, Hashable, CustomStringConvertible {
    /// It has something that would lead out of its folder, or that no folder should have.
    case unsafe(String)
    case damaged(String)
    case tooLarge(String)
    /// It would touch the space that is kept free for everything else.
    case noSpace(reserve: Int)
    case system(Int32)
    /// The daemon stops.
    case stopped

    var description: String {
        switch self {
        case .unsafe(let what): "it has \(what)"
        case .damaged(let what): "it cannot be read: \(what)"
        case .tooLarge(let what): "it is too large: \(what)"
        case .noSpace(let reserve): "it would not leave \(reserve >> 20) MiB of the file system free"
        case .system(let code): String(cString: strerror(code))
        case .stopped: "the daemon stops"
        }
    }

    /// An entry's name as a log line can have it.
    static func shown(_ name: String) -> String {
        String(String.UnicodeScalarView(name.unicodeScalars.prefix(200).map { $0.value < 32 ? "?" : $0 }))
    }

    /// Does something with the file system.
    static func system<Answer>(_ work: () throws(SystemFault) -> Answer) throws(ArchiveFault) -> Answer {
        do throws(SystemFault) { return try work() } catch { throw .system(error.code) }
    }
}
