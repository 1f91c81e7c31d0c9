import Values

/// A member of etcd as etcd lists it.
package struct EtcdMember: Sendable, Hashable {
    /// Its own.
    package let id: EtcdMemberID
    /// Its name; empty as long as it was never started.
    package let name: String
    /// Where other members reach it.
    package let peers: [String]
    /// Where clients reach it; none as long as it was never started.
    package let clients: [String]
    /// Whether it has no vote yet.
    package let isLearner: Bool

    init(_ value: Value) throws(EtcdFault) {
        id = try EtcdMemberID.read(value["ID"])
        guard let peers = Self.texts(value["peerURLs"]), let clients = Self.texts(value["clientURLs"]),
            let isLearner = EtcdFields.truth(value["isLearner"])
        else { throw .unreadable("member") }
        (self.peers, self.clients, self.isLearner) = (peers, clients, isLearner)
        name = value["name"]?.string ?? ""
    }

    static func list(_ answer: Value) throws(EtcdFault) -> [EtcdMember] {
        guard let list = EtcdFields.list(answer["members"]) else { throw .unreadable("list of members") }
        var members: [EtcdMember] = []
        for member in list { members.append(try EtcdMember(member)) }
        return members
    }

    private static func texts(_ value: Value?) -> [String]? {
        guard let list = EtcdFields.list(value) else { return nil }
        let texts = list.compactMap(\.string)
        return texts.count == list.count ? texts : nil
    }
}
