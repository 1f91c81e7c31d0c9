/// The keys of one generation of a cluster's log.
///
/// All but ``format`` have the number of the generation in them: a request that was made for a former etcd and reaches
/// the one that came after it finds nothing its comparisons could hold for, although revisions begin anew there.
package struct LogKeys: Sendable, Hashable {
    /// What is under this cluster's keys.
    package let cluster: String
    /// Which etcd of this cluster it is.
    package let generation: Int

    /// The keys of a generation; `cluster` is the cluster's id.
    package init(cluster: String, generation: Int) {
        self.cluster = cluster
        self.generation = generation
    }

    /// Holds a ``LogFormat``, under the same name in every generation.
    package var format: String { "/confd/\(cluster)/format" }
    /// Who decides; the revision that created it is the epoch of the term.
    package var master: String { root + "master" }
    /// Who may campaign first when the master's term ends, a ``Successor``.
    package var next: String { root + "next" }
    /// What all entries begin with.
    package var entries: String { root + "log/" }
    /// What the keys of all members begin with.
    package var members: String { root + "member/" }

    /// That of an entry; keys are in the order of indexes.
    package func entry(_ index: Int) -> String {
        let digits = String(index)
        return entries + String(repeating: "0", count: max(0, 16 - digits.utf8.count)) + digits
    }

    /// That of a member, by its node.
    package func member(_ node: Int) -> String { members + String(node) }

    /// The index a key names, `nil` when it is that of no entry.
    package func index(of key: String) -> Int? {
        guard key.hasPrefix(entries), let index = Int(key.dropFirst(entries.count)), entry(index) == key else {
            return nil
        }
        return index
    }

    /// The node a key names, `nil` when it is that of no member.
    package func node(of key: String) -> Int? {
        guard key.hasPrefix(members), let node = Int(key.dropFirst(members.count)), member(node) == key else {
            return nil
        }
        return node
    }

    private var root: String { "/confd/\(cluster)/\(generation)/" }
}
