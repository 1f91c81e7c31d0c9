package import Values

/// Which nodes there are now and which one decides.
package protocol Cluster: Sendable {
    /// The state of this moment; costs nothing.
    var status: ClusterStatus { get }
    /// The state as it is and each that follows; who is slow gets the newest only. A node alone has nothing to tell but the
    /// first.
    func changes() -> AsyncStream<ClusterStatus>
    /// Who listens on a port of this node, in words; `nil` for nobody, or where that is not known.
    func holder(ofPort port: Int) -> String?
    /// Has another node decide in place of this one: what is on its way is finished, nothing more is taken, and the term of
    /// this node is over on return. Whether the other one was elected is told by ``changes()``.
    ///
    /// - Throws: ``JobError`` when that is not possible; this node goes on deciding then. `no-master` when it does not decide.
    func handOver(to node: Int) async throws(JobError)
}

extension Cluster {
    /// The state as it is: nothing is known of others.
    package func changes() -> AsyncStream<ClusterStatus> {
        let (states, tell) = AsyncStream<ClusterStatus>.makeStream()
        tell.yield(status)
        tell.finish()
        return states
    }

    /// Nothing is known of ports.
    package func holder(ofPort port: Int) -> String? { nil }

    /// It decides alone.
    package func handOver(to node: Int) async throws(JobError) {
        throw JobError(
            .unsupported, "This daemon decides alone: there is no other node it could hand over to.",
            details: ["nodes": [.int(node)]])
    }
}

/// The nodes as they are at one moment.
package struct ClusterStatus: Sendable, Hashable {
    /// The node this daemon runs on.
    package var ownNode: Int
    /// The node that decides now, `nil` while there is none.
    package var master: Master?
    /// When each node that can be reached was started, by id.
    package var booted: [Int: Timestamp]
    /// Nodes that are suspended without the configuration saying so.
    package var suspended: Set<Int> = []
    /// The nodes that take part in a cluster, by id; empty for a node that is alone.
    package var members: [Int: Member] = [:]
    /// The machine that has a vote and nothing else; `nil` for a cluster without one.
    package var witness: Witness?
    /// Whether a majority of the nodes that are waited for is there.
    package var hasQuorum = true
    /// Whether the log is in an etcd that is not the nodes' own: none has a vote, and each can become the master.
    package var isEtcdExternal = false
    /// The level of the log that is in force: what may stand there. `nil` for a node that is alone.
    package var level: Int?
    /// Why this node does not take in what was decided, in words; `nil` where nothing keeps it from that.
    package var obstacle: String?
    /// Whether that is a level its version does not know: another version of the daemon would go on.
    package var lacksLevel = false
    /// Why nothing this node knows is what the cluster has, in words: it takes part in nothing, and is not read from. `nil` for a
    /// node whose state is a former one of the cluster's, or the newest.
    package var quarantine: String?
    /// What of the past has still to come to this node; `nil` when all of it is here.
    package var past: MissingPast?
    /// How old what this node knows may be; `nil` while it never was complete.
    package var age: Duration? = .zero
    /// How long this node may go on deciding without hearing from a majority; `nil` where it does not decide, or needs nobody.
    package var decidesFor: Duration?

    /// A state in which no node is suspended, and none a member of a cluster; `booted` holds only nodes that can be reached.
    package init(ownNode: Int, master: Master?, booted: [Int: Timestamp]) {
        self.ownNode = ownNode
        self.master = master
        self.booted = booted
    }

    /// Whether this node is the one that decides.
    package var isMaster: Bool { master?.node == ownNode }

    /// Takes that something is owed to nodes, which are not ready before they have it.
    package mutating func holdBack(_ nodes: Set<Int>) {
        for node in nodes { members[node]?.isReady = false }
    }

    /// Whether nodes elect who decides: this one may be without a term of office for long.
    package var isElected: Bool { !members.isEmpty }

    /// The node that decides.
    package struct Master: Sendable, Hashable {
        /// Its id in the configuration.
        package let node: Int
        /// Its name in the configuration, such as `n11`.
        package let name: String
        /// Its address inside the cluster, without port.
        package let address: String
        /// Where its daemon serves clients; `nil` for the port of this node.
        package let port: Int?

        /// The node that decides, in the words of the configuration.
        package init(node: Int, name: String, address: String, port: Int? = nil) {
            self.node = node
            self.name = name
            self.address = address
            self.port = port
        }
    }

    /// What of the past a node does not have yet. It takes part without.
    package struct MissingPast: Sendable, Hashable {
        /// Ends of jobs that may be missing, at most.
        package let jobs: Int
        /// Revisions that may be missing, at most.
        package let revisions: Int

        /// So many of each; where both are none, archives are compared with those of others still.
        package init(jobs: Int, revisions: Int) {
            (self.jobs, self.revisions) = (jobs, revisions)
        }
    }

    /// A node that takes part in a cluster.
    package struct Member: Sendable, Hashable {
        /// Names this life of the node for ever: one that joins again has another.
        package let id: String
        /// Its address inside the cluster, without port.
        package let address: String
        /// Where its daemon serves clients.
        package let port: Int
        /// Where its daemon serves other members.
        package let peerPort: Int
        /// Whether it has a vote in the election.
        package var isVoter = true
        /// Whether it was heard of within its lease.
        package var isPresent = false
        /// Whether it has all that is needed to decide.
        package var isReady = false
        /// The version of its daemon; empty while it is away.
        package var version = ""
        /// The levels of the log its version knows; `nil` while it is away, or its version does not say so.
        package var levels: ClosedRange<Int>?
        /// The newest entry of the log it has applied.
        package var applied = 0
        /// Why nothing it knows is what the cluster has, in words; `nil` as long as it does not say so.
        package var quarantine: String?
        /// What of the past has still to come to it, as it told a moment ago.
        package var past: MissingPast?

        /// A member that is away.
        package init(id: String, address: String, port: Int, peerPort: Int) {
            self.id = id
            self.address = address
            self.port = port
            self.peerPort = peerPort
        }
    }
}
