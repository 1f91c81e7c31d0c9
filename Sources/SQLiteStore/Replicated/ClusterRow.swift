import GRDB
import Replication
import Values

/// Rows of the tables that only a cluster has.
enum ClusterRow {
    static let memberColumns = "node, id, address, port, peer_port, since"
    static let fileColumns = "path, revision, sha256, mode, nodes"
    static let lockColumns = "id, subject, user, address, set_at, until"

    static func row(_ member: ReplicatedMember) -> StatementArguments {
        [member.node, member.id, member.address, member.port, member.peerPort, member.since.milliseconds]
    }

    static func member(_ row: Row) throws -> ReplicatedMember {
        ReplicatedMember(
            node: try row.at(0), id: try row.at(1), address: try row.at(2), port: try row.at(3),
            peerPort: try row.at(4), since: Timestamp(milliseconds: try row.at(5)))
    }

    static func row(_ file: ReplicatedFile) -> StatementArguments {
        let nodes = file.nodes.map(String.init).joined(separator: ",")
        return [file.path, file.revision, file.sha256, file.mode, nodes]
    }

    /// `nil` for a row that is damaged.
    static func file(_ row: Row) throws -> ReplicatedFile? {
        let nodes: String = try row.at(4)
        return ReplicatedFile(
            path: try row.at(0), revision: try row.at(1), sha256: try row.at(2), mode: try row.at(3),
            nodes: nodes.split(separator: ",").compactMap { Int($0) })
    }

    static func row(_ lock: ReplicatedLock) -> StatementArguments {
        let (subject, user): (String, String?) =
            switch lock.subject {
            case .user(let name): ("user", name)
            case .address: ("address", nil)
            case .tokens: ("tokens", nil)
            }
        return [lock.id, subject, user, lock.address, lock.setAt.milliseconds, lock.until.milliseconds]
    }

    /// `nil` for a row that is damaged.
    static func lock(_ row: Row) throws -> ReplicatedLock? {
        let (name, user): (String, String?) = (try row.at(1), try row.at(2))
        let subject: ReplicatedLock.Subject
        switch (name, user) {
        case ("user", let user?): subject = .user(user)
        case ("address", _): subject = .address
        case ("tokens", _): subject = .tokens
        default: return nil
        }
        return ReplicatedLock(
            id: try row.at(0), subject: subject, address: try row.at(3), setAt: Timestamp(milliseconds: try row.at(4)),
            until: Timestamp(milliseconds: try row.at(5)))
    }
}
