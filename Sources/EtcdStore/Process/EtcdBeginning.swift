/// How a member begins on a data folder, by what is kept beside it.
enum EtcdBeginning: Sendable, Hashable {
    /// With nothing, as a member nobody has heard of yet.
    case first
    /// With what it had.
    case again
    /// With nothing, once the data of a member that is none any more are removed.
    case anew

    /// - Parameter admitted: What etcd knows a newcomer by that is let in now; `nil` for one that goes on by itself. Each time a
    ///   node is let in etcd knows it by another, so that data of any other are those of a member that was taken out.
    /// - Throws: Why it must not begin: above all, a member that had data and has none must not come back.
    static func decide(
        _ wanted: EtcdIdentity, admitted: EtcdMemberID? = nil, record: EtcdFolderRecord?, hasData: Bool,
        version: EtcdVersion, folder: String
    ) throws(EtcdRefusal) -> EtcdBeginning {
        guard let record else {
            if hasData { throw .otherData(found: nil, wanted: wanted, folder: folder) }
            return .first
        }
        if record.identity == wanted || wanted.follows(record.identity), let admitted, record.member != admitted {
            return hasData ? .anew : .first
        }
        if record.identity == wanted {
            guard hasData else { throw .dataLost(wanted, folder: folder) }
            guard version.opens(dataOf: record.version) else {
                throw .otherVersion(data: record.version, program: version)
            }
            return .again
        }
        if record.identity.follows(wanted) { throw .outlived(found: record.identity, wanted: wanted, folder: folder) }
        if hasData { throw .otherData(found: record.identity, wanted: wanted, folder: folder) }
        return .first
    }
}
