package import Access
package import ClusterLog
import GRDB
package import JobEngine
package import Replication
import Values

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The state of a member of a cluster, in the same file and tables as that of a single node.
extension SQLiteStore: ReplicatedState {
    /// - Throws: `unavailable`.
    package func applied() async throws(StoreError) -> AppliedEntry { try await file.read(Self.applied) }

    /// On the disk on return; shares its flush with whatever else waits, and may use what is kept free for administrators: it
    /// is decided.
    ///
    /// - Throws: `full` when nothing was written, the files of archives included, and `unavailable`, also for an entry that is
    ///   not behind the newest one.
    package func apply(
        _ records: [ReplicatedRecord], audit: [AuditEvent], upTo entry: AppliedEntry
    ) async throws(StoreError) {
        try await apply(records, audit: audit, upTo: entry) { $0.index < entry.place.index }
    }

    /// On the disk on return, as without the place.
    ///
    /// - Throws: `full` when nothing was written, the files of archives included, and `unavailable`, also when the newest
    ///   entry is another one than the place says.
    package func apply(
        _ records: [ReplicatedRecord], audit: [AuditEvent], after place: LogPlace, upTo entry: AppliedEntry
    ) async throws(StoreError) {
        try await apply(records, audit: audit, upTo: entry) {
            $0.stands(at: place) && $0.index < entry.place.index
        }
    }

    private func apply(
        _ records: [ReplicatedRecord], audit: [AuditEvent], upTo entry: AppliedEntry,
        isNext: @escaping @Sendable (LogPlace) -> Bool
    ) async throws(StoreError) {
        // Encoding is the dearest part: it is done before the one writer is held.
        let write = ReplicatedWrite(records)
        let events = audit.map { JSON.bytes($0.value) }
        let (archives, log) = (archives, file.log)
        try await file.commit(for: .administration) { database in
            let place = try Self.applied(database).place
            guard isNext(place) else {
                throw StoreError.unavailable(
                    "entry \(entry.place.index) of the cluster's log does not follow entry \(place.index), which is the "
                        + "newest of this node")
            }
            try write.apply(database, of: entry.place.index, archives: archives, log: log)
            for event in events { try SQLiteAudit.append(event, database) }
            try database.run(
                "UPDATE log_end SET generation = ?, epoch = ?, applied = ?, chain = ?",
                [
                    entry.term.generation, entry.term.epoch, entry.place.index,
                    Hex.bytes(entry.place.chain.text).map { Data($0) },
                ])
            try ChainTable.note(entry.place, database)
        }
    }

    /// Has the log of a cluster begin behind what this node has decided alone.
    ///
    /// - Parameter level: What may stand in it from the beginning.
    /// - Returns: What that log begins with: it is to be written to etcd.
    /// - Throws: `full`, or `unavailable`, also when this node is in another cluster, or in this one for long.
    package func found(cluster: String, level: Int = 1) async throws(StoreError) -> LogFormat {
        try await file.commit(for: .administration) { database in
            let place = try Self.applied(database).place
            let format = LogFormat.first(of: cluster, behind: place.index)
            guard place.chain == .start || place == format.base else {
                throw StoreError.unavailable("this node is in a cluster already, at entry \(place.index)")
            }
            try database.run(
                "UPDATE log_end SET generation = 1, epoch = 0, level = ?, chain = ?",
                [level, Hex.bytes(format.base.chain.text).map { Data($0) }])
            return format
        }
    }

    static func applied(_ database: Database) throws -> AppliedEntry {
        let statement = try database.cachedStatement(sql: "SELECT applied, chain, generation, epoch FROM log_end")
        guard let row = try Row.fetchOne(statement) else {
            throw StoreError.unavailable("the end of the log is missing")
        }
        let chain: Data? = try row.at(1)
        guard let chain = chain.map({ ChainValue(Hex.text($0)) }) ?? .start else {
            throw StoreError.unavailable("the end of the log is damaged")
        }
        return AppliedEntry(
            LogPlace(index: try row.at(0), chain: chain),
            term: Term(generation: try row.at(2), epoch: try row.at(3)))
    }
}
