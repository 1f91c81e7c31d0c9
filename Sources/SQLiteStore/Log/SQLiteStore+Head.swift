import Certificates
import GRDB
import Glibc
package import JobEngine

extension SQLiteStore {
    /// The newest decided revision in the store of a folder, read beside a daemon that may run on it.
    ///
    /// Nothing is made, repaired or brought up to date, and no other process is held up.
    ///
    /// - Returns: `nil` when there is no store, or no revision in it yet.
    /// - Throws: `unavailable` when it cannot be read, or the text is not the one that was stored.
    package static func head(inFolder folder: String) throws(StoreError) -> RevisionRecord? {
        let path = "\(folder)/\(SQLiteFile.name)"
        let found = try look(at: path) { database in
            try RevisionTable.head(database).flatMap { try RevisionTable.record(database, $0) }
        }
        guard let found else { return nil }
        guard Digest.sha256Hex(Array(found.text.utf8)) == found.sha256.lowercased() else {
            throw SQLiteFile.damaged(path, "revision \(found.number) has another SHA-256 than it was stored with")
        }
        return found
    }

    /// How many jobs the store of a folder knows, archived ones included; read as ``head(inFolder:)`` does.
    ///
    /// - Throws: `unavailable` when it cannot be read.
    package static func jobCount(inFolder folder: String) throws(StoreError) -> Int {
        try look(at: "\(folder)/\(SQLiteFile.name)") { database in
            try Int.fetchOne(database, sql: "SELECT (SELECT count(*) FROM jobs) + (SELECT count(*) FROM archived_jobs)")
        } ?? 0
    }

    /// Reads once, and changes nothing; `nil` where there is no store.
    private static func look<Found>(
        at path: String, _ read: (Database) throws -> Found?
    ) throws(StoreError) -> Found? {
        if Glibc.access(path, F_OK) != 0, errno == ENOENT { return nil }
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        do {
            return try DatabaseQueue(path: path, configuration: configuration).read { try read($0) }
        } catch {
            throw SQLiteFile.explain(error, path)
        }
    }
}
