import JobEngine

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
                    sources += try folder("\(path)/\(database)", "DWAd", database, files)
                }
            } else {
                sources += try folder(path, name, nil, files)
            }
        }
        return sources
    }

    private static func folder(
        _ path: String, _ service: String, _ database: String?, _ files: any FileSystem
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
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = readlink("/proc/self/fd/2", &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer.prefix(count), as: UTF8.self) : nil
    }

    /// The end of the log, from the beginning of a line on; empty when it cannot be read.
    func tail() -> (bytes: [UInt8], isCut: Bool) {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return ([], false) }
        defer { close(descriptor) }
        let size = Int(lseek(descriptor, 0, SEEK_END))
        let start = max(0, size - Self.limit)
        var bytes = [UInt8](repeating: 0, count: max(0, size - start))
        var filled = 0
        while filled < bytes.count {
            let count = bytes[filled...].withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress, $0.count, off_t(start + filled))
            }
            guard count > 0 else { break }
            filled += count
        }
        bytes.removeLast(bytes.count - filled)
        guard start > 0 else { return (bytes, false) }
        let line = bytes.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? bytes.count
        return (Array(bytes[line...]), true)
    }
}
