import GRDB
package import JobEngine
import Logging
package import Waiting

/// The open database file of a node; jobs and revisions, sessions and the audit log live in it side by side and share
/// its group commit.
///
/// Every commit is flushed to the disk before it is acknowledged (write-ahead log, `synchronous=FULL`), and deleted
/// content is overwritten (`secure_delete`).
package final class SQLiteFile: Sendable {
    /// The file's name within its folder.
    package static let name = "store.sqlite"

    /// Where the file lies.
    package let path: String
    let pool: DatabasePool
    let log: Logger
    let reserve: SpaceReserve?
    /// Who moves records to archives, or writes those anew, does so alone.
    let archiving = ArchiveTurn()
    private let commits: GroupCommit
    /// As many as there are connections to read with.
    private let readers = ThreadPool(name: "store-read", threads: readerCount, queueLimit: .max)
    static let readerCount = 4
    /// Whole states are read by one after the other, beside everything else.
    let copier = ThreadPool(name: "store-copy", threads: 1, queueLimit: 4)

    init(path: String, pool: DatabasePool, log: Logger, probe: (any CommitProbe)?, reserve: SpaceReserve?) {
        self.path = path
        self.pool = pool
        self.log = log
        self.reserve = reserve
        commits = GroupCommit(pool: pool, probe: probe, reserve: reserve) { Self.explain($0, path) }
    }

    /// The thread changes are made on.
    package var thread: SerialThread { commits.writer }

    /// Changes that wait for the next transaction, for metrics.
    package var waitingChanges: Int { commits.waiting }

    /// Bytes of the file that hold something, which is what is bounded for the history.
    ///
    /// - Throws: `unavailable`.
    package func usedBytes() async throws(StoreError) -> Int {
        try await read { try $0.usedBytes() }
    }

    /// Bytes that are kept free for administrators and the audit log now; 0 without a reserve.
    package var reservedBytes: Int { reserve?.held ?? 0 }

    /// Flushes everything into the one file and closes it; whatever is asked of it later is `unavailable`.
    package func close() throws(StoreError) {
        // A reader that holds on keeps the log beside the file; nothing is lost by that.
        _ = try? pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
        do { try pool.close() } catch { throw Self.explain(error, path) }
    }

    /// Writes the file anew when it is not large, so that nothing is left in unused parts of its pages, and empties the log
    /// beside it; changes wait meanwhile.
    ///
    /// - Returns: Whether the file was written anew and the log is empty.
    /// - Throws: `full` or `unavailable`; the file is as it was then.
    func rewrite() async throws(StoreError) -> Bool {
        let isSmall = try await usedBytes() <= Self.mostBytesToRewrite
        let writing = readers.submit { [pool, path] in
            Result {
                try pool.writeWithoutTransaction { (database) throws -> Bool in
                    if isSmall { try database.execute(sql: "VACUUM") }
                    // A reader that holds on keeps the log.
                    let isEmpty = (try? database.checkpoint(.truncate)) != nil
                    return isSmall && isEmpty
                }
            }.mapError { Self.explain($0, path) }
        }
        switch await writing.answer() {
        case .success(let result): return try result.get()
        case .failure(let refusal): throw .unavailable("the store \(path) cannot be rewritten now: \(refusal)")
        }
    }

    // A second or two, in memory.
    private static let mostBytesToRewrite = 128 << 20

    /// Reads every page and compares tables with their indexes: seconds to minutes for a large file.
    ///
    /// - Throws: `unavailable` naming the first damages found.
    package func verify() async throws(StoreError) {
        let found = try await read { try String.fetchAll($0, sql: "PRAGMA quick_check(5)") }
        guard found == ["ok"] else { throw Self.damaged(path, found.joined(separator: "; ")) }
    }

    /// Makes a change durable together with all that wait.
    ///
    /// The closure runs on the writer's thread, inside a savepoint; what it throws undoes its change alone. It runs again
    /// when there was no room and the purpose may use the reserve.
    func commit<Success: Sendable>(
        for purpose: SpaceReserve.Purpose = .ordinary, _ change: @escaping @Sendable (Database) throws -> Success
    ) async throws(StoreError) -> Success {
        try await commits.commit(for: purpose, change)
    }

    /// Reads from the last commit on a connection of its own, beside the writer; cancelling the caller does not
    /// interrupt it.
    func read<Success: Sendable>(
        _ fetch: @escaping @Sendable (Database) throws -> Success
    ) async throws(StoreError) -> Success {
        let reading = readers.submit { [pool, path] in
            Result { try pool.read(fetch) }.mapError { Self.explain($0, path) }
        }
        switch await reading.answer() {
        case .success(let result): return try result.get()
        case .failure(let refusal): throw .unavailable("the store \(path) cannot be read now: \(refusal)")
        }
    }

    static func explain(_ error: any Error, _ path: String) -> StoreError {
        switch error {
        case let error as StoreError:
            return error
        case let error as DatabaseError:
            let code = error.resultCode
            if code == .SQLITE_CORRUPT || code == .SQLITE_NOTADB { return damaged(path, text(error)) }
            let finding = "the store \(path) cannot be used: \(text(error))\(cure(code))"
            // The second one: no room for the file the connections share.
            let isFull = code == .SQLITE_FULL || error.extendedResultCode == .SQLITE_IOERR_SHMSIZE
            return isFull ? .full(finding) : .unavailable(finding)
        case is RowDecodingError:
            // Its own text would show the row.
            return damaged(path, "a row holds something else than it should")
        default:
            return .unavailable("the store \(path) cannot be used: \(error)")
        }
    }

    static func damaged(_ path: String, _ finding: String) -> StoreError {
        .unavailable(
            """
            the store \(path) is damaged or no store of this daemon: \(finding); stop the daemon, move the file and \
            those beside it that end in -wal and -shm away, put a backup in their place and start again (with no \
            backup it starts with an empty history)
            """)
    }

    // The statement and its values stay out: they may hold what a log must not.
    private static func text(_ error: DatabaseError) -> String {
        "\(error.message ?? "no text") (SQLite result \(error.extendedResultCode.rawValue))"
    }

    private static func cure(_ code: ResultCode) -> String {
        switch code {
        case .SQLITE_FULL: "; make room on its file system"
        case .SQLITE_IOERR: "; check its disk and file system"
        case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_READONLY:
            "; file and folder have to belong to the user the daemon runs as and be writable"
        case .SQLITE_BUSY, .SQLITE_LOCKED: "; another process holds it, end that one"
        default: ""
        }
    }
}

extension Database {
    /// Runs a statement that is compiled once for the life of the connection.
    func run(_ sql: String, _ arguments: StatementArguments = StatementArguments()) throws {
        try cachedStatement(sql: sql).execute(arguments: arguments)
    }

    /// Bytes of the file that hold something.
    func usedBytes() throws -> Int {
        let numbers = try ["page_count", "freelist_count", "page_size"].map { name in
            try Int.fetchOne(self, sql: "PRAGMA \(name)") ?? 0
        }
        return (numbers[0] - numbers[1]) * numbers[2]
    }
}

extension Row {
    /// The value of a column; what does not fit its type is an error here, where a subscript would end the process.
    func at<Value: DatabaseValueConvertible>(_ index: Int) throws -> Value {
        try decode(Value.self, atIndex: index)
    }
}
