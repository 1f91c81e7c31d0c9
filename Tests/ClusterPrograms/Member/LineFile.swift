import ClusterChecker
import Foundation

/// A file that lines are added to. What was written is kept by the system when the process is killed.
final class LineFile {
    private let path: String
    private let descriptor: Int32

    /// Opens a file, and makes it when it is not there; what is behind its last whole line is taken away.
    init(_ path: String) throws {
        self.path = path
        descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw POSIXError(POSIXError.Code(rawValue: errno) ?? .EIO) }
        let content = try Data(contentsOf: URL(filePath: path), options: .mappedIfSafe)
        let whole = content.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        if whole < content.count { ftruncate(descriptor, off_t(whole)) }
    }

    deinit { close(descriptor) }

    /// Hands each line over that is there.
    func read(_ take: (Data) throws -> Void) throws {
        for line in try Data(contentsOf: URL(filePath: path)).split(separator: UInt8(ascii: "\n")) { try take(line) }
    }

    /// Adds a line.
    func write(_ line: [UInt8]) {
        var rest = (line + [UInt8(ascii: "\n")])[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno != EINTR {
                // Without its history a run says nothing.
                perror(path)
                exit(74)
            }
            rest = rest.dropFirst(max(0, count))
        }
    }

    /// Adds an event.
    func write(_ event: HistoryEvent) {
        guard let line = try? event.line else { return }
        write(line)
    }
}
