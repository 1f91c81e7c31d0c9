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
    /// It took too long.
    case late
    /// The program that unpacks it said so, or ended without a word.
    case told(String)
    /// It was removed or replaced meanwhile, or the daemon stops.
    case abandoned

    var description: String {
        switch self {
        case .unsafe(let what): "it has \(what)"
        case .damaged(let what): "it cannot be read: \(what)"
        case .tooLarge(let what): "it is too large: \(what)"
        case .noSpace(let reserve): "it would not leave \(reserve >> 20) MiB of the file system free"
        case .system(let code): String(cString: strerror(code))
        case .late: "it takes too long"
        case .told(let cause): cause
        case .abandoned: "nobody waits for it any more"
        }
    }

    /// An entry's name, or another text of strangers, as a log line can have it.
    static func shown(_ name: String, most count: Int = 200) -> String {
        String(String.UnicodeScalarView(name.unicodeScalars.prefix(count).map { $0.value < 32 ? "?" : $0 }))
    }

    /// Does something with the file system.
    static func system<Answer>(_ work: () throws(SystemFault) -> Answer) throws(ArchiveFault) -> Answer {
        do throws(SystemFault) { return try work() } catch { throw .system(error.code) }
    }
}
