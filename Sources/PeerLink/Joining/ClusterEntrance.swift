package import Certificates
package import JobEngine
package import Replication

/// What ``InvitationRegistry`` needs of the member it sits in.
package protocol ClusterEntrance: Sendable {
    /// Who decides now.
    var master: EntranceMaster { get }
    /// The cluster as a newcomer is to see it; `nil` for a node that is not in the configuration.
    func facts(for node: Int) async -> JoinFacts?
    /// The authority and the etcd the cluster has now; `nil` on a node that does not keep the authority.
    func authority() async -> EntranceAuthority?
    /// Appends to the log, all of it or nothing.
    func record(_ records: [ReplicatedRecord]) async throws(StoreError)
    /// Has somebody look at the state, and appends what that comes to: nothing else is decided between the two, and both are in
    /// one term.
    ///
    /// - Throws: What the look throws; `notNow` when the cluster cannot keep it.
    func decide<Answer: Sendable>(
        _ look: @Sendable () async throws(JoinRefusal) -> Decision<Answer>
    ) async throws(JoinRefusal) -> Answer
}

/// Who decides, for somebody who has come to this node.
package enum EntranceMaster: Sendable, Hashable {
    /// This node.
    case here
    /// Another one, which answers there.
    case elsewhere(JoinPlace)
    /// Nobody, for now.
    case nobody
}

/// By whom nodes are believed.
package struct EntranceAuthority: Sendable {
    /// Signs for new nodes.
    package let authority: ClusterAuthority
    /// All authorities that are believed, PEM: two while one follows the other.
    package let trust: String
    /// Which etcd of the cluster is in use.
    package let generation: Int

    /// An authority and an etcd.
    package init(_ authority: ClusterAuthority, trust: String, generation: Int) {
        (self.authority, self.trust, self.generation) = (authority, trust, generation)
    }
}

/// Tries whether somebody can be reached.
package protocol PortKnocking: Sendable {
    /// Which of the ports of an address take no connection within a few seconds.
    func closed(_ ports: [Int], of address: String) async -> [Int]
}
