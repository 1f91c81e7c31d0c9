import EtcdStore
import PeerLink

/// What the settings say of this node's part in a cluster.
extension DaemonSettings {
    /// The ports of this node beside that of its APIs.
    ///
    /// - Throws: ``Failure`` when two of them are one.
    func clusterPorts() throws(Failure) -> ClusterPorts {
        let ports = ClusterPorts(
            etcdClients: self[\.etcdClientPort], etcdMembers: self[\.etcdPeerPort], nodes: self[\.peerPort])
        guard Set(ports.all.map(\.port)).count == ports.all.count else {
            throw Failure(
                "The settings 'cluster.ports' give one port to two things: each of etcd_client, etcd_peer and peer needs "
                    + "its own.", .badSettings)
        }
        return ports
    }

    /// How long a node may be silent.
    var leaseLifetime: Duration { .seconds(self[\.leaseSeconds]) }

    /// How long all members have to have known a level of the log before it is raised by itself.
    var levelDelay: Duration { .seconds(self[\.levelSeconds]) }

    /// Whether the daemon starts an etcd of its own where the node has a vote.
    var hasOwnEtcd: Bool { self[\.etcdEndpoints].isEmpty }
}
