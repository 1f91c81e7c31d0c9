import ClusterLog
import GRDB
import JobEngine
import Replication

/// Whether a state another node is at was once that of this one.
///
/// What the log came to at that entry says it for certain, where this node still knows that. Behind it, ends and revisions do:
/// ends are counted in their order and revisions are numbered, so that a history that parted from this one before has another
/// job at its last end, or another text at its head. All else is replaced as a whole anyway.
struct StatePrefix {
    private let marks: StateMarks

    init(_ marks: StateMarks) {
        self.marks = marks
    }

    /// - Parameter own: Where the state of this node is.
    /// - Throws: `refused` when this node cannot tell.
    func holds(in database: Database, at own: LogPlace) throws -> Bool {
        let place = marks.place
        guard place.index <= own.index else {
            throw StateFault.refused("this node is at entry \(own.index) and knows nothing of entry \(place.index)")
        }
        let chain = try place.index == own.index ? own.chain : ChainTable.chain(at: place.index, database)
        let isSame: Bool
        if let chain {
            isSame = chain == place.chain
        } else {
            isSame = try hasHead(database) && hasLastEnd(database)
        }
        if isSame { try checkWhatFollows(database) }
        return isSame
    }

    private func hasHead(_ database: Database) throws -> Bool {
        guard let head = marks.head else { return true }
        let sha256 = try String.fetchOne(
            database, sql: "SELECT sha256 FROM revisions WHERE number = ?", arguments: [head.number])
        if let sha256 { return sha256 == head.sha256 }
        if try HistoryRest.ranges(.revisions, database).contains(where: { $0.contains(head.number) }) {
            throw Self.unknown
        }
        return false
    }

    private func hasLastEnd(_ database: Database) throws -> Bool {
        guard let end = marks.lastEnd else { return true }
        let row = try Row.fetchOne(
            database,
            sql: """
                SELECT jobs.node, entry.ended FROM jobs JOIN job_index AS entry ON entry.number = jobs.number
                WHERE jobs.number = ?
                """, arguments: [end.job.number])
        if let row {
            let (node, count): (Int, Int?) = (try row.at(0), try row.at(1))
            return node == end.job.node && count == end.count
        }
        let archived = try Int.fetchOne(
            database, sql: "SELECT node FROM archived_jobs WHERE number = ?", arguments: [end.job.number])
        if let archived { return archived == end.job.node }
        if try HistoryRest.next(database) != nil { throw Self.unknown }
        return false
    }

    /// What ended since has to be here, or in the archive, and every revision that was decided since.
    private func checkWhatFollows(_ database: Database) throws {
        let last: [HistoryPage.Section: Int] = [.jobs: marks.lastEnd?.count ?? 0, .revisions: marks.head?.number ?? 0]
        for (section, number) in last {
            if let range = try HistoryRest.newest(section, database), range.below > number + 1 { throw Self.unknown }
        }
    }

    private static let unknown = StateFault.refused("the past of this node is not all here yet")
}
