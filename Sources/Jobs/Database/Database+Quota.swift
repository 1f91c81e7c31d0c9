import EXAConf
import JobEngine

/// The quota of a database is the upper size of its data volume. No database here makes a volume larger or smaller: so
/// whoever does is held to it.
extension Document {
    /// Fails when a database that is new, or has another quota or data volume than before, has a volume above its quota.
    ///
    /// - Throws: ``JobError/Code/parameterInvalid`` naming quota and size.
    func checkQuota(of database: Database, before: Database?) throws(JobError) {
        if let before, before.volumeQuota == database.volumeQuota, before.dataVolume == database.dataVolume { return }
        guard let (quota, size) = excess(over: database) else { return }
        throw .invalid(
            "volume_quota",
            "'volume_quota': data volume \(database.dataVolume ?? "") of database \(database.name) has \(size), more than "
                + "the quota of \(quota). Give a larger quota, or make the volume smaller by st_volume_shrink.")
    }

    /// Fails when a volume is larger than the quota of a database in it.
    ///
    /// - Throws: ``JobError/Code/outOfSpace`` naming quota and size.
    func checkQuotas(ofDatabasesIn volume: String) throws(JobError) {
        for database in databases where database.dataVolume == volume {
            guard let (quota, size) = excess(over: database) else { continue }
            throw JobError(
                .outOfSpace,
                "Volume \(volume) would have \(size), more than the quota of \(quota) of database \(database.name). Raise it "
                    + "first: db_configure with volume_quota.")
        }
    }

    private func excess(over database: Database) -> (quota: Size, size: Size)? {
        guard let quota = database.quota, let size = database.dataVolume.flatMap({ volume(named: $0) })?.size,
            size > quota
        else { return nil }
        return (quota, size)
    }
}

extension Database {
    /// The upper size of its data volume, `nil` for none.
    var quota: Size? { volumeQuota.flatMap { $0.bytes > 0 ? $0 : nil } }
}
