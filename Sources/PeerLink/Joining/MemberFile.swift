import JobEngine
package import Values

/// Which member of which cluster this node is: `etc/cluster/member.json`. In a cluster this file decides, and nothing is guessed.
package struct MemberFile: Sendable, Hashable {
    /// The form this version writes.
    static let format = 1

    /// Names this life of the node for ever.
    package let member: String
    /// Its number in the configuration.
    package let node: Int
    /// The cluster's UUID.
    package let cluster: String
    /// Which etcd of the cluster it follows.
    package var generation: Int
    /// Counts how often the node became a member, from 1 on.
    package var life: Int
    /// Its address inside the cluster, without port.
    package var address: String
    /// Its ports.
    package var ports: ClusterPorts
    /// Whether it has a vote.
    package var isVoter: Bool
    /// Whether the log of the cluster is in an etcd that is not the nodes' own: none of them has a vote, and each can decide.
    package var isEtcdExternal = false
    /// Where other members were when it was written: whom to ask at a start.
    package var others: [PeerAddress]

    /// Whether the machine has a vote and nothing else: no store, no configuration and no jobs.
    package var isWitness: Bool { node == ClusterStatus.Witness.number }

    /// The file of a member without a vote.
    package init(
        member: String, node: Int, cluster: String, generation: Int, life: Int, address: String,
        ports: ClusterPorts, others: [PeerAddress] = []
    ) {
        (self.member, self.node, self.cluster) = (member, node, cluster)
        (self.generation, self.life, self.address, self.ports) = (generation, life, address, ports)
        (isVoter, self.others) = (false, others)
    }
}

/// The ports a member has beside that of its APIs.
package struct ClusterPorts: Sendable, Hashable {
    /// Where its etcd answers clients.
    package var etcdClients: Int
    /// Where its etcd talks to other members of etcd.
    package var etcdMembers: Int
    /// Where it answers other nodes.
    package var nodes: Int

    /// The usual ones; Debian's own etcd is on 2379 and 2380.
    package init(etcdClients: Int = 20379, etcdMembers: Int = 20380, nodes: Int = 20381) {
        (self.etcdClients, self.etcdMembers, self.nodes) = (etcdClients, etcdMembers, nodes)
    }

    /// Each with what it is for.
    package var all: [(purpose: PortProblem.Purpose, port: Int)] {
        [(.etcdClients, etcdClients), (.etcdMembers, etcdMembers), (.nodes, nodes)]
    }

    var value: Value {
        ["etcd_client": .int(etcdClients), "etcd_peer": .int(etcdMembers), "peer": .int(nodes)]
    }

    init?(_ value: Value?) {
        guard let clients = value?["etcd_client"]?.int, let members = value?["etcd_peer"]?.int,
            let nodes = value?["peer"]?.int,
            [clients, members, nodes].allSatisfy({ (1...65_535).contains($0) }),
            Set([clients, members, nodes]).count == 3
        else { return nil }
        self.init(etcdClients: clients, etcdMembers: members, nodes: nodes)
    }
}

extension MemberFile {
    /// It as it is kept and sent; nothing of it is secret.
    package var value: Value {
        [
            "format": .int(Self.format), "member": .string(member), "node": .int(node), "cluster": .string(cluster),
            "generation": .int(generation), "life": .int(life), "address": .string(address), "ports": ports.value,
            "voter": .bool(isVoter), "etcd_external": .bool(isEtcdExternal), "others": .list(others.map(\.value)),
        ]
    }

    /// Reads what ``value`` wrote; `nil` for anything else.
    package init?(_ value: Value) {
        guard value["format"]?.int == Self.format, let member = value["member"]?.string,
            (1...64).contains(member.utf8.count), let node = value["node"]?.int, node > 0,
            let cluster = value["cluster"]?.string, (1...63).contains(cluster.utf8.count),
            let generation = value["generation"]?.int, generation > 0, let life = value["life"]?.int, life > 0,
            let address = value["address"]?.string, let ports = ClusterPorts(value["ports"]),
            JoinPlace(address: address, port: ports.nodes) != nil, let isVoter = value["voter"]?.bool,
            let list = value["others"]?.list, list.count <= 1000
        else { return nil }
        let others = list.compactMap { PeerAddress($0) }
        guard others.count == list.count else { return nil }
        self.init(
            member: member, node: node, cluster: cluster, generation: generation, life: life, address: address,
            ports: ports, others: others)
        self.isVoter = isVoter
        isEtcdExternal = value["etcd_external"]?.bool ?? false
    }

    /// Why this cannot be the member it says it is; `nil` when nothing speaks against it.
    ///
    /// - Parameters:
    ///   - nodeUUID: The node whose UUID lies in `etc/node_uuid`; `nil` where it is no node's.
    ///   - addresses: Of the nodes of the configuration inside the cluster, by number.
    package func contradiction(nodeUUID: Int?, addresses: [Int: String]) -> MemberFileFault? {
        if let nodeUUID, nodeUUID != node { return .otherNode(node, uuid: nodeUUID) }
        // Of a node that is not in the configuration yet, or not any more, the members' table knows.
        guard let configured = addresses[node] else { return .noNode(node) }
        guard JoinPlace.same(configured, address) else {
            return .otherAddress(node, file: address, configured: configured)
        }
        return nil
    }
}

extension PeerAddress {
    var value: Value { ["node": .int(node), "address": .string(address), "port": .int(port)] }

    init?(_ value: Value) {
        guard let node = value["node"]?.int, node > 0, let address = value["address"]?.string,
            let port = value["port"]?.int, let place = JoinPlace(address: address, port: port)
        else { return nil }
        self.init(node: node, address: place.address, port: port)
    }
}

/// Why the file of a member cannot be used. It stops the start, as a node that is not sure who it is must not take part.
package enum MemberFileFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// It cannot be read or written, in the system's words.
    case unusable(path: String, cause: String)
    /// It is there, and says nothing that can be read.
    case damaged(path: String)
    /// It is a member of another cluster.
    case isMember(node: Int, of: String, folder: String)
    /// The cluster it is to join has it as a member.
    case stillMember(node: Int)
    /// The file `etc/node_uuid` has the UUID of another node.
    case otherNode(Int, uuid: Int)
    /// The configuration has no such node.
    case noNode(Int)
    /// The configuration has another address for the node.
    case otherAddress(Int, file: String, configured: String)

    package var description: String {
        switch self {
        case .unusable(let path, let cause): "\(path) cannot be used: \(cause)."
        case .damaged(let path):
            "\(path) is damaged. Put it back from a backup, or have the node leave the cluster and join anew."
        case .isMember(let node, let cluster, let folder):
            "This machine is node \(node) of another cluster, \(cluster). To have it join this one: confd cluster leave first. Where "
                + "it was removed from that one, or that one is no more: move \(folder)/member.json away and join with --replace."
        case .stillMember(let node):
            "This machine is node \(node) of this cluster, which has it as a member: start it (systemctl start confd) and it goes "
                + "on. To have it join anew: confd cluster remove \(node) on another node first, and then invite it."
        case .otherNode(let node, let uuid):
            "etc/cluster/member.json says that this is node \(node), and etc/node_uuid has the UUID of node \(uuid). One of the "
                + "two came from another machine: put back the right one."
        case .noNode(let node):
            "etc/cluster/member.json says that this is node \(node), and EXAConf has no such node: it was removed. To bring "
                + "it back: confd cluster invite on another node, and confd cluster join here."
        case .otherAddress(let node, let file, let configured):
            "etc/cluster/member.json says that node \(node) has the address \(file) inside the cluster, and EXAConf says "
                + "\(configured). The address of a member changes by leaving and joining anew."
        }
    }
}
