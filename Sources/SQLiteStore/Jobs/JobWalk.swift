import GRDB
import JobEngine
import Logging

/// One page of a list of jobs, read at one moment of the store.
struct JobWalk {
    private let query: JobQuery
    private let snapshot: JobSnapshot

    init(_ query: JobQuery, _ database: Database) throws {
        self.query = query
        if let given = query.snapshot {
            snapshot = given
            return
        }
        let number = try Int.fetchOne(database, sql: "SELECT max(number) FROM jobs") ?? 0
        let ends = try Int.fetchOne(database, sql: "SELECT max(ended) FROM job_index WHERE ended IS NOT NULL") ?? 0
        snapshot = JobSnapshot(number: number, ends: ends)
    }

    /// Reads until the page is full; what cannot be decoded does not count.
    func page(_ database: Database, _ log: Logger) throws -> JobPage {
        var page = JobPage(jobs: [], hasMore: false)
        page.snapshot = snapshot
        for part in parts(behind: query.after) {
            guard let selection = try JobSelection(query, part: part, of: snapshot, in: database) else { continue }
            try read(selection, from: database, log: log, into: &page)
            if page.hasMore { break }
        }
        if query.isCounting { page.total = try count(database) }
        return page
    }

    /// The statements of a first page.
    func selections(_ database: Database) throws -> [JobSelection] {
        try parts(behind: nil).compactMap { try JobSelection(query, part: $0, of: snapshot, in: database) }
    }

    private func read(
        _ selection: JobSelection, from database: Database, log: Logger, into page: inout JobPage
    ) throws {
        let limit = min(max(query.limit, 1), 1000)
        let rows = try JobRow.fetchCursor(database, sql: selection.sql, arguments: selection.arguments)
        while let row = try rows.next() {
            guard let record = row.record(log) else { continue }
            guard page.jobs.count < limit else {
                page.hasMore = true
                return
            }
            page.jobs.append(record)
            page.end = JobPlace(number: row.number, type: record.type, end: row.end)
        }
    }

    private func count(_ database: Database) throws -> Int {
        var whole = query
        whole.after = nil
        return try parts(behind: nil).reduce(0) { sum, part in
            guard let selection = try JobSelection(whole, part: part, of: snapshot, in: database) else { return sum }
            return sum + (try Int.fetchOne(database, sql: selection.counting, arguments: selection.arguments) ?? 0)
        }
    }

    /// What is read one after the other: a list by ends has the open jobs as a block of their own.
    func parts(behind place: JobPlace?) -> [JobSelection.Part] {
        switch query.order {
        case .newestFirst, .oldestFirst, .typeUp, .typeDown: [.all]
        case .endedLast: place?.end == nil ? [.open, .ended] : [.ended]
        case .endedFirst: place != nil && place?.end == nil ? [.open] : [.ended, .open]
        }
    }
}
