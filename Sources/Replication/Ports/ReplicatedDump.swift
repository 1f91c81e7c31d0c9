/// What the tables of a node come to, to be compared with those of another one that has applied the same entry.
package struct ReplicatedDump: Sendable, Hashable {
    /// What a table comes to.
    package struct Table: Sendable, Hashable {
        /// What it is called in the store.
        package let name: String
        /// How many rows it has.
        package let rows: Int
        /// Equal only when all rows are, in 64 hexadecimal digits. Nothing can be told from it.
        package let sha256: String

        /// A table of which the store says these.
        package init(name: String, rows: Int, sha256: String) {
            self.name = name
            self.rows = rows
            self.sha256 = sha256
        }
    }

    /// The newest entry that was applied.
    package let end: AppliedEntry
    /// In the same order on each node.
    package let tables: [Table]
    /// Whether the past of the cluster is not all here yet: then only some of the tables can be compared.
    package let lacksPast: Bool

    /// The tables that grow while the past comes to a node, and are equal when it is all there.
    package static let pastTables: Set = ["jobs", "job_index", "archived_jobs", "revisions", "acknowledgements"]

    /// Tables as they were when an entry was the newest one.
    package init(at end: AppliedEntry, tables: [Table], lacksPast: Bool = false) {
        self.end = end
        self.tables = tables
        self.lacksPast = lacksPast
    }

    /// The names of the tables that are not equal, or that only one of the nodes has; says something only of two nodes that
    /// have applied the same entry. Where one of them lacks the past, the tables it is in are passed over.
    package func differences(from other: ReplicatedDump) -> [String] {
        let passedOver = lacksPast || other.lacksPast ? Self.pastTables : []
        return allDifferences(from: other).filter { !passedOver.contains($0) }
    }

    private func allDifferences(from other: ReplicatedDump) -> [String] {
        let others = Dictionary(other.tables.map { ($0.name, $0) }) { first, _ in first }
        let differing = tables.filter { others[$0.name] != $0 }.map(\.name)
        let names = Set(tables.map(\.name))
        return differing + other.tables.map(\.name).filter { !names.contains($0) }
    }
}
