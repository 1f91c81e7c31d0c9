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
        if Glibc.access(path, F_OK) != 0, errno == ENOENT { return nil }
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        let found: RevisionRecord?
        do {
            found = try DatabaseQueue(path: path, configuration: configuration).read { database in
                try RevisionTable.head(database).flatMap { try RevisionTable.record(database, $0) }
            }
        } catch {
            throw SQLiteFile.explain(error, path)
        }
        guard let found else { return nil }
        guard Digest.sha256Hex(Array(found.text.utf8)) == found.sha256.lowercased() else {
            throw SQLiteFile.damaged(path, "revision \(found.number) has another SHA-256 than it was stored with")
        }
        return found
    }
}
