package import Values

/// What a member tells a machine with a right invitation.
package enum JoinAnswer: Sendable, Hashable {
    /// What the cluster is; everything it needs to know to see whether it can join.
    case facts(JoinFacts)
    /// Which of its ports cannot be reached from the member.
    case ports(closed: [Int])
    /// What makes it a node.
    case grant(JoinGrant)
    /// Another member decides; ask there.
    case elsewhere(JoinPlace)
    /// It cannot join.
    case refusal(JoinRefusal)

    /// It as it is sent.
    package var value: Value {
        switch self {
        case .facts(let facts): ["facts": facts.value]
        case .ports(let closed): ["closed": .ints(closed)]
        case .grant(let grant): ["grant": grant.value]
        case .elsewhere(let place): ["elsewhere": place.value]
        case .refusal(let refusal): ["refusal": refusal.value]
        }
    }

    /// Reads what ``value`` wrote; `nil` for anything else.
    package init?(_ value: Value) {
        if let refusal = value["refusal"].flatMap({ JoinRefusal($0) }) {
            self = .refusal(refusal)
        } else if let facts = value["facts"].flatMap({ JoinFacts($0) }) {
            self = .facts(facts)
        } else if let closed = value["closed"]?.list {
            self = .ports(closed: closed.prefix(16).compactMap(\.int))
        } else if let place = value["elsewhere"].flatMap({ JoinPlace($0) }) {
            self = .elsewhere(place)
        } else if let grant = value["grant"].flatMap({ JoinGrant($0) }) {
            self = .grant(grant)
        } else {
            return nil
        }
    }
}

/// What a cluster is, for somebody who wants to be a node of it.
package struct JoinFacts: Sendable, Hashable {
    /// What it is called.
    package let name: String
    /// Its UUID.
    package let cluster: String
    /// The node that answered, and what it runs.
    package let version: VersionSpan
    /// What may stand in the log now.
    package let level: Int
    /// The newest revision of the configuration.
    package let revision: Int
    /// Jobs that have not ended.
    package let openJobs: Int
    /// What the node that joins is called.
    package let nodeName: String
    /// Its address inside the cluster, with the length of the network's prefix, such as `10.10.10.12/24`.
    package let network: String
    /// The clock of the node that answered, in milliseconds since 1970.
    package let at: Int64
    /// The members there are, the one that answered first.
    package let members: [PeerAddress]
    /// Where the etcds of voters answer clients.
    package let etcd: [JoinPlace]
    /// Whether the log is in an etcd that is not the nodes' own, which a node has to know where to find.
    package var isEtcdExternal = false

    /// Facts of a cluster.
    package init(
        name: String, cluster: String, version: VersionSpan, level: Int, revision: Int, openJobs: Int,
        nodeName: String, network: String, at: Int64, members: [PeerAddress], etcd: [JoinPlace]
    ) {
        (self.name, self.cluster, self.version, self.level) = (name, cluster, version, level)
        (self.revision, self.openJobs, self.nodeName, self.network) = (revision, openJobs, nodeName, network)
        (self.at, self.members, self.etcd) = (at, members, etcd)
    }

    /// The node's address without the prefix.
    package var address: String { String(network.prefix { $0 != "/" }) }

    var value: Value {
        [
            "name": .string(name), "cluster": .string(cluster), "version": version.value, "level": .int(level),
            "revision": .int(revision), "open_jobs": .int(openJobs), "node_name": .string(nodeName),
            "network": .string(network), "at": .int(Int(at)), "members": .list(members.map(\.value)),
            "etcd": .list(etcd.map(\.value)), "etcd_external": .bool(isEtcdExternal),
        ]
    }

    init?(_ value: Value) {
        guard let name = value["name"]?.string, let cluster = value["cluster"]?.string,
            let version = VersionSpan(value["version"]), let level = value["level"]?.int,
            let revision = value["revision"]?.int, let openJobs = value["open_jobs"]?.int,
            let nodeName = value["node_name"]?.string, let network = value["network"]?.string,
            let at = value["at"]?.int, let members = value["members"]?.list, members.count <= 1000,
            let etcd = value["etcd"]?.list, etcd.count <= 16
        else { return nil }
        self.init(
            name: String(name.prefix(200)), cluster: cluster, version: version, level: level, revision: revision,
            openJobs: openJobs, nodeName: String(nodeName.prefix(200)), network: network, at: Int64(at),
            members: members.compactMap { PeerAddress($0) },
            etcd: etcd.compactMap { JoinPlace($0) })
        isEtcdExternal = value["etcd_external"]?.bool ?? false
    }
}

/// What makes a machine a node: its certificate, whom to believe, and who it is. Its key never travelled.
package struct JoinGrant: Sendable, Hashable {
    /// PEM.
    package let certificate: String
    /// The certificates of the cluster's authorities, PEM.
    package let authority: String
    /// Their revocation list, PEM.
    package let revocations: String
    /// Who it is.
    package let member: MemberFile

    /// A grant of these parts.
    package init(certificate: String, authority: String, revocations: String, member: MemberFile) {
        (self.certificate, self.authority, self.revocations) = (certificate, authority, revocations)
        self.member = member
    }

    var value: Value {
        [
            "certificate": .string(certificate), "authority": .string(authority), "revocations": .string(revocations),
            "member": member.value,
        ]
    }

    init?(_ value: Value) {
        guard let certificate = value["certificate"]?.string, let authority = value["authority"]?.string,
            let revocations = value["revocations"]?.string, let member = value["member"].flatMap({ MemberFile($0) })
        else { return nil }
        self.init(certificate: certificate, authority: authority, revocations: revocations, member: member)
    }
}
