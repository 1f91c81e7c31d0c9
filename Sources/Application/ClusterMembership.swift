package import Access
package import JobEngine
package import Values

/// How nodes come to the cluster and leave it, for every interface; a daemon that takes part in none has it as well, since the
/// first invitation makes a cluster of its node.
package protocol ClusterMembership: Sendable {
    /// Asks a machine in: as a new node, which is added to the configuration, or as one that is there.
    ///
    /// - Throws: ``JobError``.
    func invite(
        _ order: InvitationOrder, by principal: Principal, asking origin: JobRecord.Request
    ) async throws -> MadeInvitation
    /// Invitations that hold or held, by node.
    ///
    /// - Throws: ``JobError``.
    func invitations() async throws -> [InvitationEntry]
    /// Takes an invitation back.
    ///
    /// - Throws: ``JobError``.
    func withdraw(_ node: Int, by principal: Principal, asking origin: JobRecord.Request) async throws
    /// Removes a node that does not come back; it need not answer.
    ///
    /// - Returns: What the cluster bears now, and what went with the node.
    /// - Throws: ``JobError``.
    func remove(_ node: Int, by principal: Principal, asking origin: JobRecord.Request) async throws -> [String]
    /// Has this node leave: another one decides and has its vote, and what stays is an installation of one node, which is
    /// stopped.
    ///
    /// - Returns: What was done, a sentence each.
    /// - Throws: ``JobError``.
    func leave(by principal: Principal, asking origin: JobRecord.Request) async throws -> [String]
    /// Has a node get the vote of another one, before maintenance of that one; no vote is missing meanwhile.
    ///
    /// - Parameter former: Who loses its vote; `nil` where only one can.
    /// - Returns: What was done, and what the cluster bears now.
    /// - Throws: ``JobError``.
    func moveVote(to node: Int, from former: Int?) async throws -> [String]
    /// The level of the log in force, and the levels members know, as this node knows them.
    ///
    /// - Throws: ``JobError``.
    func levels() async throws -> ClusterLevels
    /// Puts a level of the log in force, once every member says that it knows it.
    ///
    /// - Returns: What was done.
    /// - Throws: ``JobError``, with `nodes` in its details for those that do not say so.
    func raiseLevel(to level: Int) async throws -> [String]
    /// What this node has said on its way into the cluster, from a line on; `nil` when it is not on its way.
    func joining(from line: Int) async -> Value?
    /// Compares what nodes have of the state, of files and of jobs.
    ///
    /// - Throws: ``JobError``.
    func comparison() async throws -> ClusterComparison
}

/// Whom to ask in.
package struct InvitationOrder: Sendable, Hashable {
    /// The address the machine has inside the cluster; `nil` with the number of a node that is in the configuration.
    package let address: String?
    /// Such a node; with an address, the number a new one is to have.
    package let node: Int?
    /// What a new node is to be called.
    package let name: String?
    /// Whether it is to have a vote and nothing else; by its address alone.
    package let isWitness: Bool

    /// An order of these parts.
    package init(address: String?, node: Int?, name: String?, isWitness: Bool = false) {
        (self.address, self.node, self.name, self.isWitness) = (address, node, name, isWitness)
    }
}

/// An invitation that was just made; its token is shown this once.
package struct MadeInvitation: Sendable {
    /// The text the machine joins with. Secret.
    package let token: String
    /// What is known of it from then on.
    package let entry: InvitationEntry
    /// What the node is called, and its address with the prefix of the network.
    package let node: (name: String, network: String)
    /// Set when this invitation made a cluster of the node: what there is to say of it, a sentence.
    package let founding: String?

    /// - Parameter node: Its name, and its address with prefix.
    package init(
        token: String, entry: InvitationEntry, node: (name: String, network: String), founding: String? = nil
    ) {
        (self.token, self.entry, self.node, self.founding) = (token, entry, node, founding)
    }
}

/// An invitation as administrators see it.
package struct InvitationEntry: Sendable, Hashable {
    /// The node.
    package let node: Int
    /// Its address inside the cluster.
    package let address: String
    /// The job that added the node.
    package let job: JobID?
    /// When it was made.
    package let madeAt: Timestamp
    /// When it ends by itself.
    package let expiresAt: Timestamp
    /// When it was used.
    package var usedAt: Timestamp?
    /// The address it was used from.
    package var usedFrom: String?

    /// One that was not used.
    package init(node: Int, address: String, job: JobID?, madeAt: Timestamp, expiresAt: Timestamp) {
        (self.node, self.address, self.job, self.madeAt, self.expiresAt) = (node, address, job, madeAt, expiresAt)
    }
}

/// How far nodes are alike.
package struct ClusterComparison: Sendable, Hashable {
    /// What is not alike, a sentence each; empty when all is.
    package let differences: [String]
    /// Nodes that could not be compared, with the reason.
    package let missing: [Int: String]
    /// The entry of the log at which they were compared, and the nodes.
    package let entry: Int
    /// The nodes that were compared.
    package let nodes: [Int]

    /// What was found at an entry.
    package init(differences: [String], missing: [Int: String], entry: Int, nodes: [Int]) {
        (self.differences, self.missing, self.entry, self.nodes) = (differences, missing, entry, nodes)
    }
}

/// A daemon without any of it, such as in tests.
package struct NoMembership: ClusterMembership {
    /// Everything is refused.
    package init() {}

    private var refusal: JobError { JobError(.unsupported, "This daemon takes part in no cluster of several nodes.") }

    package func invite(
        _ order: InvitationOrder, by principal: Principal, asking origin: JobRecord.Request
    ) async throws -> MadeInvitation { throw refusal }

    package func invitations() async throws -> [InvitationEntry] { [] }

    package func withdraw(_ node: Int, by principal: Principal, asking origin: JobRecord.Request) async throws {
        throw refusal
    }

    package func remove(
        _ node: Int, by principal: Principal, asking origin: JobRecord.Request
    ) async throws -> [String] { throw refusal }

    package func leave(by principal: Principal, asking origin: JobRecord.Request) async throws -> [String] {
        throw refusal
    }

    package func moveVote(to node: Int, from former: Int?) async throws -> [String] { throw refusal }

    package func levels() async throws -> ClusterLevels { throw refusal }

    package func raiseLevel(to level: Int) async throws -> [String] { throw refusal }

    package func joining(from line: Int) async -> Value? { nil }

    package func comparison() async throws -> ClusterComparison { throw refusal }
}
