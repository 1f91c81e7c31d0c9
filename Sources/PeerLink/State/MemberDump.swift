import ClusterLog
package import Replication
package import Values

/// What a node has, to be compared with what others have: what its tables come to, files that are not as they should be, and the
/// jobs it knows. Nothing of a content can be told from it.
package struct MemberDump: Sendable, Hashable {
    /// What its tables come to.
    package let tables: ReplicatedDump
    /// Files of revisions that are not in their places as they should be, with what there is, by path.
    package let files: [String: String]
    /// What each job it knows comes to, by name.
    package let jobs: [String: String]

    /// What was found on a node.
    package init(_ tables: ReplicatedDump, files: [String: String], jobs: [String: String]) {
        (self.tables, self.files, self.jobs) = (tables, files, jobs)
    }

    /// What two nodes that stand at the same entry have not in common, and what is wrong on the other one, a sentence each.
    ///
    /// - Parameters:
    ///   - node: Whose this is.
    ///   - other: What another node has.
    package func differences(of node: Int, from other: MemberDump, of otherNode: Int) -> [String] {
        var sentences = tables.differences(from: other.tables).map {
            "table \($0) of node \(otherNode) is not that of node \(node)"
        }
        for name in Set(jobs.keys).union(other.jobs.keys).sorted() where jobs[name] != other.jobs[name] {
            switch (jobs[name], other.jobs[name]) {
            case (nil, _): sentences.append("job \(name) is known to node \(otherNode) and not to node \(node)")
            case (_, nil): sentences.append("job \(name) is known to node \(node) and not to node \(otherNode)")
            default: sentences.append("job \(name) of node \(otherNode) is not that of node \(node)")
            }
        }
        return sentences
    }

    /// What is wrong with the files of a node, a sentence each.
    package func faults(of node: Int) -> [String] {
        files.sorted { $0.key < $1.key }.map { "file \($0.key) of node \(node) \($0.value)" }
    }
}

extension MemberDump {
    private static let mostTables = 1000
    private static let mostNames = 100_000

    /// It as it is sent.
    package var value: Value {
        let end = tables.end
        return [
            "end": [
                "entry": .int(end.place.index), "chain": .string(end.place.chain.text),
                "generation": .int(end.term.generation), "epoch": .int(end.term.epoch),
            ],
            "tables": .list(
                tables.tables.map { ["name": .string($0.name), "rows": .int($0.rows), "sha256": .string($0.sha256)] }),
            "lacks_past": .bool(tables.lacksPast), "files": .map(files.mapValues(Value.string)),
            "jobs": .map(jobs.mapValues(Value.string)),
        ]
    }

    /// Reads what ``value`` wrote; `nil` for anything else.
    package init?(_ value: Value) {
        guard let index = value["end"]?["entry"]?.int, let text = value["end"]?["chain"]?.string,
            let chain = ChainValue(text), let generation = value["end"]?["generation"]?.int,
            let epoch = value["end"]?["epoch"]?.int, let list = value["tables"]?.list, list.count <= Self.mostTables,
            let lacksPast = value["lacks_past"]?.bool, let files = value["files"]?.map, files.count <= Self.mostNames,
            let jobs = value["jobs"]?.map, jobs.count <= Self.mostNames
        else { return nil }
        let tables = list.compactMap { table -> ReplicatedDump.Table? in
            guard let name = table["name"]?.string, let rows = table["rows"]?.int, let sha256 = table["sha256"]?.string
            else { return nil }
            return ReplicatedDump.Table(name: name, rows: rows, sha256: sha256)
        }
        guard tables.count == list.count else { return nil }
        let end = AppliedEntry(LogPlace(index: index, chain: chain), term: Term(generation: generation, epoch: epoch))
        self.init(
            ReplicatedDump(at: end, tables: tables, lacksPast: lacksPast), files: files.compactMapValues(\.string),
            jobs: jobs.compactMapValues(\.string))
    }
}
