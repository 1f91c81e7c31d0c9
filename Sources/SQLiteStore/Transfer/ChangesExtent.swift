import GRDB
import JobEngine
import Replication

/// How much of what changed a node is given at once. However long it was away it takes part soon: where much has ended or was
/// decided meanwhile it has the newest of it and what is needed, and the rest follows as the past does.
struct ChangesExtent {
    /// The last end, and the newest revision, of the node that was away.
    let ends: Int
    let head: Int
    /// Ends between that one and this are left out; `nil` when all are told.
    let jobsBelow: Int?
    /// The same of revisions.
    let revisionsBelow: Int?

    // Taking so many is a matter of a second or two.
    private static let mostEnds = 2000
    private static let mostRevisions = 200

    init(since marks: StateMarks, _ state: StateHead, _ database: Database) throws {
        (ends, head) = (marks.lastEnd?.count ?? 0, marks.head?.number ?? 0)
        jobsBelow = state.ends - ends > Self.mostEnds ? state.ends - NeededJobs.newest + 1 : nil
        let decided =
            try Int.fetchOne(
                database, sql: "SELECT count(*) FROM revisions WHERE number > ?", arguments: [head]) ?? 0
        revisionsBelow =
            decided > Self.mostRevisions
            ? try RevisionTable.list(database, below: nil, limit: HistoryGiving.mostRevisions).map(\.number).min() : nil
    }
}
