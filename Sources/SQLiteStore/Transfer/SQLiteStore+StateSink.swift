import ClusterLog
import GRDB
package import JobEngine
package import Replication
import Synchronization

/// How this node comes to the state of another one.
extension SQLiteStore: StateSink {
    /// - Throws: `store`.
    package func marks() async throws(StateFault) -> StateMarks {
        try await reading { database in
            let end = try Row.fetchOne(
                database,
                sql: """
                    SELECT entry.ended, jobs.node, jobs.number
                    FROM job_index AS entry JOIN jobs ON jobs.number = entry.number
                    WHERE entry.ended IS NOT NULL ORDER BY entry.ended DESC LIMIT 1
                    """)
            let head = try Row.fetchOne(
                database, sql: "SELECT number, sha256 FROM revisions ORDER BY number DESC LIMIT 1")
            return StateMarks(
                at: try Self.applied(database).place,
                lastEnd: try end.map { row in
                    StateMarks.End(try row.at(0), of: JobID(node: try row.at(1), number: try row.at(2)))
                },
                head: try head.map { StateMarks.Head(try $0.at(0), sha256: try $0.at(1)) })
        }
    }

    /// On the disk on return, in one transaction.
    ///
    /// - Throws: As the port says.
    package func take(_ content: StateContent, for request: StateRequest) async throws(StateFault) -> AppliedEntry {
        let (archives, log) = (archives, file.log)
        return try await changing { database in
            var reader = try StateReader(content)
            let taking = try StateTaking(reader.head, for: request, database, archives: archives, log: log)
            while let row = try reader.next() { try taking.take(row) }
            try taking.end()
            return reader.head.end
        }
    }

    /// - Throws: `store`.
    package func missingPage() async throws(StateFault) -> HistoryPage? {
        try await reading { database in
            guard let (section, range) = try HistoryRest.next(database) else { return nil }
            let own = try section == .archive ? ArchivedNumbers.next(below: range.below, in: database) : nil
            return HistoryPage(section, above: range.floor, below: range.below, own: own)
        }
    }

    /// - Throws: `store`.
    package func missingPast() async throws(StateFault) -> ClusterStatus.MissingPast? {
        try await reading { database in
            guard try HistoryRest.next(database) != nil else { return nil }
            return ClusterStatus.MissingPast(
                jobs: try HistoryRest.count(.jobs, database), revisions: try HistoryRest.count(.revisions, database))
        }
    }

    /// On the disk on return, with the place it goes to.
    ///
    /// - Throws: As the port says.
    package func take(_ content: StateContent, for page: HistoryPage) async throws(StateFault) {
        do throws(StoreError) { try await file.archiving.take() } catch { throw .store(error) }
        defer { file.archiving.release() }
        let archives = archives
        try await changing { database in
            var reader = try StateReader(content)
            var taking = try HistoryTaking(reader.head, for: page, database, archives: archives)
            while let row = try reader.next() { try taking.take(row) }
            try taking.end()
        }
    }

    // MARK: Faults

    private func reading<Success: Sendable>(
        _ fetch: @escaping @Sendable (Database) throws -> Success
    ) async throws(StateFault) -> Success {
        do throws(StoreError) { return try await file.read(fetch) } catch { throw .store(error) }
    }

    /// Makes a change of which nothing is left when it throws; it may run twice.
    private func changing<Success: Sendable>(
        _ change: @escaping @Sendable (Database) throws -> Success
    ) async throws(StateFault) -> Success {
        let told = FaultBox()
        do throws(StoreError) {
            return try await file.commit(for: .administration) { database in
                do { return try change(database) } catch let fault as StateFault {
                    if case .store(let error) = fault { throw error }
                    told.fault.withLock { $0 = fault }
                    throw StoreError.unavailable("\(fault)")
                }
            }
        } catch {
            throw told.fault.withLock { $0 } ?? .store(error)
        }
    }
}

/// Why a change was given up, beside the error the store makes of it.
private final class FaultBox: Sendable {
    let fault = Mutex<StateFault?>(nil)
}
