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
        if isSame { try checkEnds(database) }
        return isSame
    }

    private func hasHead(_ database: Database) throws -> Bool {
        guard let head = marks.head else { return true }
        let sha256 = try String.fetchOne(
            database, sql: "SELECT sha256 FROM revisions WHERE number = ?", arguments: [head.number])
        if let sha256 { return sha256 == head.sha256 }
        if let below = try HistoryRest.below(.revisions, database), head.number < below { throw Self.unknown }
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

    /// What ended since has to be here, or in the archive.
    private func checkEnds(_ database: Database) throws {
        if let below = try HistoryRest.below(.jobs, database), below > (marks.lastEnd?.count ?? 0) + 1 {
            throw Self.unknown
        }
    }

    private static let unknown = StateFault.refused("the past of this node is not all here yet")
}
