import Posix

/// What an etcd of our own is to be: who it is, where it listens, and whom it begins with.
package struct EtcdMemberPlan: Sendable, Hashable {
    /// The port etcd answers its clients on, when nothing else is said. 2379 is that of the system's own etcd.
    package static let clientPort = 20379
    /// The port the members of etcd talk to each other on.
    package static let peerPort = 20380

    /// Who it is.
    package var identity: EtcdIdentity
    /// The address of this node within the cluster; it listens nowhere else.
    package var address: String
    /// Where it answers clients.
    package var clientPort: Int
    /// Where it talks to other members.
    package var peerPort: Int
    /// The other members, by name, with where they talk to members. Of use at the first start alone.
    package var others: [String: EtcdEndpoint]
    /// Whether the others are there already; otherwise all begin together.
    package var joins: Bool

    /// What etcd knows it by, where others have just let it in; `nil` where it goes on by itself. Data of another member of this
    /// node are removed then.
    package var member: EtcdMemberID?
    /// Whether no other member can reach it: it listens for members on the loopback alone, while it is not known yet what its
    /// log begins with.
    package var isSecluded = false

    /// The only member of a new etcd.
    package init(
        _ identity: EtcdIdentity, address: String, clientPort: Int = Self.clientPort, peerPort: Int = Self.peerPort
    ) {
        (self.identity, self.address, self.clientPort, self.peerPort) = (identity, address, clientPort, peerPort)
        (others, joins) = ([:], false)
    }

    /// Where it answers clients.
    package var clients: EtcdEndpoint { EtcdEndpoint(host: address, port: clientPort) }
    /// Where it talks to members.
    package var peers: EtcdEndpoint { EtcdEndpoint(host: address, port: peerPort) }
    /// Where it listens for members.
    var listening: EtcdEndpoint { isSecluded ? EtcdEndpoint(host: "127.0.0.1", port: peerPort) : peers }
}
