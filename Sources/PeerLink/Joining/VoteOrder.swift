package import Values

/// What a node is told when it is to have a vote: which etcd to start, and the authority each voter keeps.
package struct VoteOrder: Sendable, Hashable {
    /// The cluster's UUID.
    package let cluster: String
    /// Which etcd of the cluster it is.
    package let generation: Int
    /// Which life of the node it is for.
    package let life: Int
    /// What etcd knows the node by from now on; `nil` from a master that does not say. Data of another member are of no use.
    package let member: UInt64?
    /// Where the other members of etcd talk to members, by what etcd calls them.
    package let others: [String: JoinPlace]
    /// The authority's certificate, PEM; `nil` for a witness, which lets nobody in.
    package let authority: String?
    /// Its key, PEM; `nil` with the certificate. Secret.
    package let authorityKey: String?

    /// An order of these parts.
    package init(
        cluster: String, generation: Int, life: Int, member: UInt64?, others: [String: JoinPlace],
        authority: String?, authorityKey: String?
    ) {
        (self.cluster, self.generation, self.life) = (cluster, generation, life)
        (self.member, self.others) = (member, others)
        (self.authority, self.authorityKey) = (authority, authorityKey)
    }

    /// It as it is sent, over connections of members alone. Secret.
    package var value: Value {
        .members([
            "cluster": .string(cluster), "generation": .int(generation), "life": .int(life),
            "member": member.map { .string(String($0)) }, "others": .map(others.mapValues(\.value)),
            "authority": authority.map(Value.string), "authority_key": authorityKey.map(Value.string),
        ])
    }

    /// Reads what ``value`` wrote; `nil` for anything else.
    package init?(_ value: Value) {
        guard let cluster = value["cluster"]?.string, let generation = value["generation"]?.int, generation > 0,
            let life = value["life"]?.int, life > 0, let list = value["others"]?.map, list.count <= 16
        else { return nil }
        let (authority, key) = (value["authority"]?.string, value["authority_key"]?.string)
        guard (authority == nil) == (key == nil) else { return nil }
        let others = list.compactMapValues { JoinPlace($0) }
        guard others.count == list.count else { return nil }
        self.init(
            cluster: cluster, generation: generation, life: life,
            member: value["member"]?.string.flatMap { UInt64($0) }, others: others, authority: authority,
            authorityKey: key)
    }
}

extension VoteOrder: CustomStringConvertible, CustomReflectable {
    package var description: String { "order to have a vote in generation \(generation) of cluster \(cluster)" }
    package var customMirror: Mirror { Mirror(self, children: ["generation": generation, "life": life]) }
}
