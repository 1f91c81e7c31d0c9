import ClusterLog
import GRDB
import Values

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What the log came to at the entries this node has applied last: a state that goes on from one of them is a former one of its
/// own, and a state at one of their indexes that came to something else never was.
enum ChainTable {
    /// Five times what the log itself keeps; an entry takes some 50 bytes.
    private static let kept = 100_000

    static func note(_ place: LogPlace, _ database: Database) throws {
        guard let chain = Hex.bytes(place.chain.text) else { return }
        try database.run(
            "INSERT OR REPLACE INTO applied_chains (entry, chain) VALUES (?, ?)", [place.index, Data(chain)])
        try database.run("DELETE FROM applied_chains WHERE entry <= ?", [place.index - kept])
    }

    /// Nothing is known of before an entry any more: the state is another one.
    static func begin(at place: LogPlace, _ database: Database) throws {
        try database.run("DELETE FROM applied_chains")
        try note(place, database)
    }

    /// `nil` when it is not known.
    static func chain(at index: Int, _ database: Database) throws -> ChainValue? {
        let statement = try database.cachedStatement(sql: "SELECT chain FROM applied_chains WHERE entry = ?")
        return try Data.fetchOne(statement, arguments: [index]).flatMap { ChainValue(Hex.text($0)) }
    }
}
