import GRDB
import Glibc
package import JobEngine
package import Logging
import Posix

extension SQLiteFile {
    /// Opens the file in a folder; makes both when they do not exist, and brings an older file up to date.
    ///
    /// Takes the same short time for any number of jobs: only the small tables are checked here, ``verify()`` checks
    /// everything. The folder is made accessible to the owner only (0700), the files likewise (0600).
    ///
    /// - Parameters:
    ///   - probe: Looks on at every commit.
    ///   - hasReserve: Whether space is taken in advance for what has to be kept on a full disk.
    /// - Throws: `unavailable` with path and cure: not ours, damaged, made by a newer version, no rights, no room.
    package static func open(
        folder: String, log: Logger, probe: (any CommitProbe)? = nil, hasReserve: Bool = false
    ) throws(StoreError) -> SQLiteFile {
        let path = "\(folder)/\(name)"
        try prepare(folder: folder)
        try prepare(file: path)
        do {
            let pool = try DatabasePool(path: path, configuration: configuration())
            // The pool chooses NORMAL for a write-ahead log, which loses commits when the power fails.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            try pool.writeWithoutTransaction { try recognize($0, path) }
            try Schema.migrator.migrate(pool)
            try pool.read { try checkSmallTables($0, path) }
            let reserve = hasReserve ? SpaceReserve(folder: folder) : nil
            return SQLiteFile(path: path, pool: pool, log: log, probe: probe, reserve: reserve)
        } catch {
            throw explain(error, path)
        }
    }

    private static func configuration() -> Configuration {
        var configuration = Configuration()
        configuration.label = "store"
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = readerCount
        // A transaction that could not even be rolled back becomes an error of the next one, not the daemon's end.
        configuration.allowsUnsafeTransactions = true
        configuration.prepareDatabase { database in
            try database.execute(
                sql: """
                    PRAGMA secure_delete = ON;
                    PRAGMA cache_size = -16384;
                    PRAGMA temp_store = MEMORY;
                    """)
            guard !database.configuration.readonly else { return }
            // Fewer, larger checkpoints; the log shrinks again after a burst.
            try database.execute(
                sql: """
                    PRAGMA wal_autocheckpoint = 4000;
                    PRAGMA journal_size_limit = 67108864;
                    """)
        }
        return configuration
    }

    /// Refuses files of other programs and of newer versions before a table of ours is written into them.
    private static func recognize(_ database: Database, _ path: String) throws {
        let id = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        // A file with tables and another mark is someone else's. The list of steps is made before the first of them, which
        // sets the mark: a start that was cut off between the two leaves it alone.
        let tables = "SELECT count(*) FROM sqlite_schema WHERE tbl_name <> 'grdb_migrations'"
        let isEmpty = try Int.fetchOne(database, sql: tables) == 0
        guard id == Schema.applicationID || (id == 0 && isEmpty) else {
            throw damaged(path, "the file belongs to another program")
        }
        guard try !Schema.migrator.hasBeenSuperseded(database) else {
            throw StoreError.unavailable(
                """
                the store \(path) was written by a newer version of confd; install that version again, or put back \
                the backup made before the update
                """)
        }
    }

    private static func checkSmallTables(_ database: Database, _ path: String) throws {
        for table in ["counters", "suspended_nodes", "sessions", "acknowledgements", "login_endings"] {
            let found = try String.fetchAll(database, sql: "PRAGMA quick_check('\(table)')")
            guard found == ["ok"] else { throw damaged(path, found.joined(separator: "; ")) }
        }
    }

    private static func prepare(folder: String) throws(StoreError) {
        if mkdir(folder, 0o700) != 0, errno != EEXIST {
            throw refusal(to: "make the folder", folder, cause: SystemFault())
        }
        guard chmod(folder, 0o700) == 0 else {
            throw refusal(to: "set the rights of the folder", folder, cause: SystemFault())
        }
    }

    // SQLite gives the files beside it the rights of the file itself, but only when it makes them.
    private static func prepare(file path: String) throws(StoreError) {
        do throws(SystemFault) {
            try Descriptor.file(path, O_RDWR | O_CREAT).setMode(0o600)
        } catch {
            throw refusal(to: "open", path, cause: error)
        }
        for neighbour in ["\(path)-wal", "\(path)-shm"] where chmod(neighbour, 0o600) != 0 && errno != ENOENT {
            throw refusal(to: "set the rights of", neighbour, cause: SystemFault())
        }
    }

    private static func refusal(to action: String, _ path: String, cause: SystemFault) -> StoreError {
        .unavailable(
            """
            cannot \(action) \(path): \(cause); the folder above it has to exist, and folder and file have to belong \
            to the user the daemon runs as
            """)
    }
}
