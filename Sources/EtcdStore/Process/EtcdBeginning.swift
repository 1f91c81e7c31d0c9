/// How a member begins on a data folder, by what is kept beside it.
enum EtcdBeginning: Sendable, Hashable {
    /// With nothing, as a member nobody has heard of yet.
    case first
    /// With what it had.
    case again

    /// - Throws: Why it must not begin: above all, a member that had data and has none must not come back.
    static func decide(
        _ wanted: EtcdIdentity, record: EtcdFolderRecord?, hasData: Bool, version: EtcdVersion, folder: String
    ) throws(EtcdRefusal) -> EtcdBeginning {
        guard let record else {
            if hasData { throw .otherData(found: nil, wanted: wanted, folder: folder) }
            return .first
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
