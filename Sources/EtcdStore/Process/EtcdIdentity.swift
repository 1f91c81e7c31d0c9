import Values

/// Which member of which etcd a data folder is.
///
/// A member that has lost its data must not come back as itself: it may have voted, and would vote otherwise. So each life
/// of a node as a member has another identity.
package struct EtcdIdentity: Sendable, Hashable, CustomStringConvertible {
    /// The cluster's UUID.
    package let cluster: String
    /// Counts the etcds the cluster has had.
    package let generation: Int
    /// The number of the node.
    package let node: Int
    /// Counts how often the node became a member of this etcd; from 1 on.
    package let life: Int

    /// Takes it as it is.
    package init(cluster: String, generation: Int, node: Int, life: Int = 1) {
        (self.cluster, self.generation, self.node, self.life) = (cluster, generation, node, life)
    }

    /// What the members of one etcd call it: `n11`, or `n11.2` in its second life.
    package var name: String { life == 1 ? "n\(node)" : "n\(node).\(life)" }

    /// What keeps etcds of other clusters and generations apart, should they reach each other.
    package var token: String { "\(cluster)-\(generation)" }

    package var description: String {
        "member \(name) of generation \(generation) of cluster \(cluster)"
    }

    /// Whether another one is a former one of the same node.
    func follows(_ other: EtcdIdentity) -> Bool {
        cluster == other.cluster && node == other.node && (other.generation, other.life) < (generation, life)
    }
}

/// What is kept beside a data folder: whose it is, and which version last ran on it.
struct EtcdFolderRecord: Sendable, Hashable {
    var identity: EtcdIdentity
    var version: EtcdVersion
    /// What etcd knows it by; `nil` for one that was there from the beginning, for which nobody was asked.
    var member: EtcdMemberID?

    init(_ identity: EtcdIdentity, version: EtcdVersion, member: EtcdMemberID? = nil) {
        (self.identity, self.version, self.member) = (identity, version, member)
    }

    /// `nil` for what is no such record.
    init?(reading bytes: [UInt8]) {
        guard let value = try? JSON.parse(bytes), let cluster = value["cluster"]?.string,
            let generation = value["generation"]?.int, let node = value["node"]?.int, let life = value["life"]?.int,
            let version = value["etcd"]?.string.flatMap({ EtcdVersion(text: $0) })
        else { return nil }
        self.init(
            EtcdIdentity(cluster: cluster, generation: generation, node: node, life: life), version: version,
            member: value["member"]?.string.flatMap { UInt64($0) }.map { EtcdMemberID($0) })
    }

    var bytes: [UInt8] {
        let members: Value = .members([
            "cluster": .string(identity.cluster), "generation": .int(identity.generation), "node": .int(identity.node),
            "life": .int(identity.life), "etcd": .string(version.description),
            "member": member.map { .string(String($0.number)) },
        ])
        return JSON.bytes(members) + [0x0A]
    }
}
