import JobEngine
import Posix
import Values

#if canImport(Glibc)
import Glibc
#endif

/// A file a service of this node writes its log to.
struct LogSource: Sendable, Hashable {
    /// As `services` of `log_collect` names it: `ConfD` for the daemon, `DWAd` for databases, else the name of the
    /// folder or file in `DIR/logs`.
    let service: String
    /// The database, when it is the log of one.
    let database: String?
    let path: String

    /// At most so many bytes of a log are looked at, those at its end.
    static let limit = 8 * 1024 * 1024

    /// Every log there is now.
    static func all(_ root: InstallationRoot, _ files: any FileSystem) throws(FileFault) -> [LogSource] {
        var sources: [LogSource] = []
        if let path = ownLog { sources.append(LogSource(service: "ConfD", database: nil, path: path)) }
        for name in try files.names(in: root.logs).sorted() {
            let path = "\(root.logs)/\(name)"
            if try files.status(of: path)?.isRegular == true {
                sources.append(LogSource(service: stem(name), database: nil, path: path))
            } else if name == "databases" {
                for database in try files.names(in: path).sorted() {
                    sources += try folder("\(path)/\(database)", of: "DWAd", database: database, in: files)
                }
            } else {
                sources += try folder(path, of: name, database: nil, in: files)
            }
        }
        return sources
    }

    private static func folder(
        _ path: String, of service: String, database: String?, in files: any FileSystem
    ) throws(FileFault) -> [LogSource] {
        var sources: [LogSource] = []
        for name in try files.names(in: path).sorted() {
            guard try files.status(of: "\(path)/\(name)")?.isRegular == true else { continue }
            sources.append(LogSource(service: service, database: database, path: "\(path)/\(name)"))
        }
        return sources
    }

    private static func stem(_ name: String) -> String { String(name.prefix { $0 != "." }) }

    /// The daemon's standard error where that is a file.
    private static var ownLog: String? {
        var status = stat()
        guard fstat(STDERR_FILENO, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Path.target(ofLink: "/proc/self/fd/2")
    }

    /// The end of the log, from the beginning of a line on; empty when it cannot be read.
    func tail() -> (bytes: [UInt8], isCut: Bool) {
        guard let file = try? Descriptor.file(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK) else {
            return ([], false)
        }
        let size = Int(lseek(file.number, 0, SEEK_END))
        let start = max(0, size - Self.limit)
        let bytes = (try? file.read(from: start, count: size - start)) ?? []
        guard start > 0 else { return (bytes, false) }
        let line = bytes.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? bytes.count
        return (Array(bytes[line...]), true)
    }
}
