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
        try await apply(records, audit: audit, upTo: entry) { $0 == place && $0.index < entry.place.index }
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
            try write.apply(database, archives: archives, log: log)
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
