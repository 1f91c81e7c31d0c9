import Values

/// The number etcd knows a member by; another one each time a node joins.
package struct EtcdMemberID: Sendable, Hashable, CustomStringConvertible {
    /// All 64 bits are used.
    package let number: UInt64

    /// The id of this number.
    package init(_ number: UInt64) {
        self.number = number
    }

    /// As etcd writes it in its log: hexadecimal digits.
    package var description: String { String(number, radix: 16) }

    var value: Value { .string(String(number)) }

    static func read(_ value: Value?) throws(EtcdFault) -> EtcdMemberID {
        guard let number = EtcdFields.identity(value), number > 0 else { throw .unreadable("member") }
        return EtcdMemberID(number)
    }
}

/// What one member of etcd says of itself.
package struct EtcdStatus: Sendable, Hashable {
    /// Its own.
    package let member: EtcdMemberID
    /// Who leads as far as it knows, `nil` for nobody.
    package let leader: EtcdMemberID?
    /// That of its program, such as `3.4.23`.
    package let version: String
    /// Bytes its file has.
    package let size: Int
    /// Bytes of it that hold something; the rest is given back by defragmenting alone.
    package let sizeInUse: Int
    /// Whether it has no vote yet.
    package let isLearner: Bool
    /// The revision of etcd it has come to.
    package let revision: Int

    init(_ answer: Value) throws(EtcdFault) {
        member = try EtcdMemberID.read(answer["header"]?["member_id"])
        guard let leader = EtcdFields.identity(answer["leader"]) else { throw .unreadable("leader") }
        self.leader = leader == 0 ? nil : EtcdMemberID(leader)
        guard let version = answer["version"]?.string, version.utf8.count <= 100 else { throw .unreadable("version") }
        self.version = version
        guard let size = EtcdFields.number(answer["dbSize"]), let used = EtcdFields.number(answer["dbSizeInUse"]),
            let isLearner = EtcdFields.truth(answer["isLearner"])
        else { throw .unreadable("size") }
        (self.size, sizeInUse, self.isLearner) = (size, used, isLearner)
        guard let revision = EtcdFields.number(answer["header"]?["revision"]) else { throw .unreadable("revision") }
        self.revision = revision
    }
}

/// What a member of etcd has found to be wrong; etcd does less until it is taken back.
package struct EtcdAlarm: Sendable, Hashable {
    /// What it is about.
    package enum Kind: Sendable, Hashable {
        /// The database has as many bytes as it may have.
        case noSpace
        /// The data of members differ.
        case corrupt
        /// Another one, as etcd calls it.
        case other(String)

        var name: String {
            switch self {
            case .noSpace: "NOSPACE"
            case .corrupt: "CORRUPT"
            case .other(let name): name
            }
        }
    }

    /// Who raised it.
    package let member: EtcdMemberID
    /// What it is about.
    package let kind: Kind

    init(_ value: Value) throws(EtcdFault) {
        member = try EtcdMemberID.read(value["memberID"])
        switch value["alarm"] {
        case .some("NOSPACE"), .some(1): kind = .noSpace
        case .some("CORRUPT"), .some(2): kind = .corrupt
        case .some(.string(let name)): kind = .other(name)
        default: throw .unreadable("alarm")
        }
    }
}
