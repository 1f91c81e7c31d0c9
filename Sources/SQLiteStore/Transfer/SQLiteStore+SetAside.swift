import ClusterLog
import GRDB
import Glibc
package import JobEngine
import Posix
package import Replication
import Values

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a store has that the cluster has not is kept for people when the node takes the cluster's state.
extension SQLiteStore {
    /// - Throws: `store`.
    package func setAside(into folder: String) async throws(StateFault) -> String {
        try await file.snapshot { database in
            let end = try Self.applied(database)
            let copy = "\(folder)/jobs.generation-\(end.term.generation)-entry-\(end.place.index)"
            if Path.exists("\(copy)/\(SQLiteFile.name)") { return copy }
            for path in [folder, copy] where mkdir(path, 0o700) != 0 && errno != EEXIST {
                throw StoreError.unavailable("cannot make \(path): \(SystemFault())")
            }
            try Self.copy(database, into: copy)
            return copy
        }
    }

    /// Copies a store as it is at one moment, also beside a daemon that works on it.
    ///
    /// - Parameters:
    ///   - folder: That of the store.
    ///   - other: Where the copy gets its name, when it is whole; the folder is there.
    /// - Throws: `unavailable`.
    package static func copy(from folder: String, into other: String) throws(StoreError) {
        let path = "\(folder)/\(SQLiteFile.name)"
        do {
            var configuration = Configuration()
            configuration.busyMode = .timeout(5)
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.read { try copy($0, into: other) }
            try queue.close()
        } catch {
            throw SQLiteFile.explain(error, path)
        }
    }

    /// A copy has its name when it is whole.
    private static func copy(_ database: Database, into folder: String) throws {
        let part = "\(folder)/\(SQLiteFile.name).new"
        do throws(SystemFault) {
            try Descriptor.file(part, O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW).setMode(0o600)
        } catch {
            throw StoreError.unavailable("cannot make \(part): \(error)")
        }
        let queue = try DatabaseQueue(path: part)
        try queue.inDatabase { target in
            try database.backup(to: target)
            // One file without others beside it.
            _ = try String.fetchOne(target, sql: "PRAGMA journal_mode = DELETE")
        }
        try queue.close()
        do throws(SystemFault) {
            try Descriptor.file(part, O_RDWR).flush()
            guard rename(part, "\(folder)/\(SQLiteFile.name)") == 0 else { throw SystemFault() }
            for path in [folder, folder + "/.."] { try Descriptor.trusted(path).flush() }
        } catch {
            throw StoreError.unavailable("cannot keep \(folder)/\(SQLiteFile.name): \(error)")
        }
    }

    /// - Throws: `store`.
    package func tellDiverged(from copy: String) async throws(StateFault) -> String {
        try await file.snapshot { database in
            let former = try DatabaseQueue(path: "\(copy)/\(SQLiteFile.name)", configuration: Self.onlyReading)
            let report = try former.read { try DivergenceReport($0, against: database) }
            do throws(SystemFault) {
                try Descriptor.trusted(copy).replace(
                    DivergenceReport.name, by: report.bytes + [UInt8(ascii: "\n")], mode: 0o600)
            } catch {
                throw StoreError.unavailable("cannot write \(copy)/\(DivergenceReport.name): \(error)")
            }
            return "\(copy)/\(DivergenceReport.name)"
        }
    }

    private static var onlyReading: Configuration {
        var configuration = Configuration()
        configuration.readonly = true
        return configuration
    }
}
