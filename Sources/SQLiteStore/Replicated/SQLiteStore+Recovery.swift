package import ClusterLog
import GRDB
package import JobEngine
package import Replication
package import Values

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a store has when a generation of the log begins on it without those who could have decided that.
extension SQLiteStore {
    /// The newest entry, the newest revision and the lowest number never given out, all at one moment.
    ///
    /// - Throws: `unavailable`.
    package func standing() async throws(StoreError) -> StoreStanding {
        try await file.read { database in
            let head = try RevisionTable.head(database)
            let record = try head.flatMap { try RevisionTable.record(database, $0) }
            return StoreStanding(
                applied: try Self.applied(database), revision: head ?? 0,
                revisedAt: record?.at ?? Timestamp(milliseconds: 0), nextNumber: try Self.nextNumber(database))
        }
    }

    /// Has the log of this cluster begin anew behind what this node has, with numbers above what others know, and with nodes
    /// nobody waits for. This is no entry of any log, so the place behind it is one no other node is at: they take what
    /// changed from this one.
    ///
    /// - Parameters:
    ///   - generation: The one that begins.
    ///   - number: The lowest number of a job that may be given out.
    ///   - nodes: Suspended from now on; `node` is not, whatever was before.
    /// - Returns: What the generation begins with: it is to be written to etcd.
    /// - Throws: `full` or `unavailable`.
    package func begin(
        generation: Int, of cluster: String, fromNumber number: Int, suspending nodes: [Int], on node: Int
    ) async throws(StoreError) -> LogFormat {
        try await file.commit(for: .administration) { database in
            let index = try Self.applied(database).place.index + 1
            let chain = ChainValue(beginning: cluster, generation: generation, behind: index)
            let place = LogPlace(index: index, chain: chain)
            try database.run("UPDATE counters SET value = max(value, ?) WHERE name = 'job'", [number])
            for node in nodes { try database.run("INSERT OR IGNORE INTO suspended_nodes (node) VALUES (?)", [node]) }
            try database.run("DELETE FROM suspended_nodes WHERE node = ?", [node])
            try database.run(
                "UPDATE log_end SET applied = ?, chain = ?", [index, Hex.bytes(chain.text).map { Data($0) }])
            try ChainTable.note(place, database)
            return LogFormat(generation: generation, base: place)
        }
    }
}

/// What a store has, at one moment.
package struct StoreStanding: Sendable, Hashable {
    /// The newest entry of the log that was applied.
    package let applied: AppliedEntry
    /// The newest revision; 0 for none.
    package let revision: Int
    /// When that was decided.
    package let revisedAt: Timestamp
    /// The lowest number of a job that was never given out.
    package let nextNumber: Int
}
