import GRDB
import JobEngine
import Logging
package import Values

/// Since when findings last, in the database file of the node.
package struct SQLiteFindings: FindingMemory {
    /// So many are read at most.
    private static let most = 10_000

    private let file: SQLiteFile

    /// Those in an open file.
    package init(_ file: SQLiteFile) { self.file = file }

    /// All of them; none where they cannot be read, which the log says.
    package func all() async -> [String: Timestamp] {
        do throws(StoreError) {
            return try await file.read { database in
                let rows = try Row.fetchAll(database, sql: "SELECT id, since FROM findings LIMIT \(Self.most)")
                return Dictionary(
                    try rows.map { (try $0.at(0) as String, Timestamp(milliseconds: try $0.at(1))) }
                ) { first, _ in first }
            }
        } catch {
            report(error)
            return [:]
        }
    }

    /// Durable on return, unless the log says why not.
    package func keep(_ begun: [String: Timestamp], forgetting ended: [String]) async {
        do throws(StoreError) {
            try await file.commit(for: .administration) { database in
                for id in ended { try database.run("DELETE FROM findings WHERE id = ?", [id]) }
                for (id, since) in begun {
                    try database.run(
                        "INSERT OR REPLACE INTO findings (id, since) VALUES (?, ?)", [id, since.milliseconds])
                }
            }
        } catch {
            report(error)
        }
    }

    private func report(_ error: StoreError) {
        file.log.warning("since when findings last is not kept or read", metadata: ["cause": "\(error)"])
    }
}
