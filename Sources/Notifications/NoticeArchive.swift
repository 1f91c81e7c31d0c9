package import Logging
import Synchronization
import Values
import Waiting

/// Keeps what waits, so that it is told after a restart of the daemon.
package protocol NoticeArchive: Sendable {
    /// What was kept; `nil` when nothing was, or it cannot be read.
    func read() async -> NotificationQueue.Kept?
    /// Keeps it in place of what was kept before.
    func write(_ kept: NotificationQueue.Kept) async
}

/// A file that is replaced as a whole.
package final class NoticeFile: NoticeArchive {
    private let threads = ThreadPool(name: "notices", threads: 1, queueLimit: 8)
    private let readFile: @Sendable () throws -> [UInt8]?
    private let writeFile: @Sendable ([UInt8]) throws -> Void
    private let logger: Logger
    private let last = Mutex<NotificationQueue.Kept?>(nil)

    /// - Parameters:
    ///   - reading: Reads the file; `nil` when there is none. It may block.
    ///   - writing: Replaces it, so that after a crash it is wholly the old or the new one. It may block.
    package init(
        reading: @escaping @Sendable () throws -> [UInt8]?, writing: @escaping @Sendable ([UInt8]) throws -> Void,
        logger: Logger
    ) {
        (readFile, writeFile, self.logger) = (reading, writing, logger)
    }

    package func read() async -> NotificationQueue.Kept? {
        let (readFile, logger) = (readFile, logger)
        return try? await threads.run { () -> NotificationQueue.Kept? in
            do {
                guard let bytes = try readFile() else { return nil }
                return try JSON.parse(bytes).decoded()
            } catch {
                logger.warning("notices that waited cannot be read", metadata: ["cause": "\(error)"])
                return nil
            }
        }
    }

    package func write(_ kept: NotificationQueue.Kept) async {
        guard last.withLock({ $0 }) != kept else { return }
        let (writeFile, logger) = (writeFile, logger)
        let isWritten = try? await threads.run { () -> Bool in
            do {
                try writeFile(JSON.bytes(try Value(encoding: kept)))
                return true
            } catch {
                logger.warning("notices that wait cannot be kept", metadata: ["cause": "\(error)"])
                return false
            }
        }
        if isWritten == true { last.withLock { $0 = kept } }
    }
}
