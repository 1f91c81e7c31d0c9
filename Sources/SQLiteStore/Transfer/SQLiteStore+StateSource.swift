import ClusterLog
import GRDB
import JobEngine
package import Replication
package import Values

/// What this node gives to others that come to its state.
extension SQLiteStore: StateSource {
    /// Read at one moment on a connection of its own, which no change waits for.
    ///
    /// - Throws: As the port says.
    package func write(
        _ request: StateRequest, at now: Timestamp,
        to take: @escaping @Sendable ([UInt8]) throws(StateFault) -> Void
    ) async throws(StateFault) {
        let (log, archives) = (file.log, archives)
        try await file.snapshot { database in
            let head = try StateGiving.head(database, for: request)
            switch request {
            case .state:
                var giving = try StateGiving(database, head, log: log, to: take)
                try giving.writeState(at: now)
            case .changes(let marks, _):
                let isPrefix = try StatePrefix(marks).holds(in: database, at: head.end.place)
                let extent = try ChangesExtent(since: marks, head, database)
                var giving = try StateGiving(
                    database, head.telling(isPrefix: isPrefix, extent), log: log, to: take)
                if isPrefix { try giving.writeChanges(extent, at: now) } else { try giving.writeNothing() }
            case .history(let page, _):
                try HistoryGiving(page, database, archives: archives, log: log).write(head, to: take)
            }
        }
    }
}

extension StateHead {
    fileprivate func telling(isPrefix: Bool, _ extent: ChangesExtent) -> StateHead {
        var head = self
        head.isPrefix = isPrefix
        if isPrefix { (head.jobsBelow, head.revisionsBelow) = (extent.jobsBelow, extent.revisionsBelow) }
        return head
    }
}
