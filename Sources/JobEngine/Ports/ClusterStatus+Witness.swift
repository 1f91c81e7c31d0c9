extension ClusterStatus {
    /// A machine with a vote and without a store: it is no node of the configuration, takes no jobs, never decides, and nobody
    /// waits for it. A cluster has at most one.
    package struct Witness: Sendable, Hashable {
        /// What it has where nodes have their numbers: among members, in certificates, in etcd. No node of a configuration comes
        /// to it.
        package static let number = 1_000_000
        /// What people call it by, on command lines as well.
        package static let name = "witness"

        /// Names this life of it for ever: one that joins again has another.
        package let id: String
        /// Its address inside the cluster, without port.
        package let address: String
        /// Whether it has its vote.
        package var isVoter = false
        /// Whether it answered this node a moment ago.
        package var isPresent = false
        /// Its version; empty while it is away.
        package var version = ""
        /// What is wrong with its etcd, in its words; `nil` while nothing is.
        package var fault: String?

        /// Whether its vote can be counted on.
        package var isThere: Bool { isPresent && fault == nil }

        /// A witness that is away.
        package init(id: String, address: String) { (self.id, self.address) = (id, address) }
    }

    /// What a member is called in sentences: `node 12`, `the witness`.
    package static func words(of member: Int) -> String {
        member == Witness.number ? "the \(Witness.name)" : "node \(member)"
    }
}
