import NIOHTTP1
import Values

extension Session {
    static let backupFilters = ["database", "volume", "usable"]

    /// Prints the backups of all databases, as they were found when somebody looked last.
    func backups() async throws(Failure) {
        let order = try Order(line, names: Self.backupFilters)
        guard order.words.isEmpty else { throw .usage("'backups' takes filters: backups database: SALES") }
        let filters = order.query(Dictionary(uniqueKeysWithValues: Self.backupFilters.map { ($0, $0) }))
        let items = try await daemon.value(.GET, "/backups?limit=\(line.limit ?? 1000)\(filters)")["items"]?.list ?? []
        try show(
            items, in: ["backup_id", "level", "created_at", "size", "state", "expires_at"], row: Self.row(ofBackup:))
    }

    /// What a line tells of a backup besides its members.
    static func row(ofBackup backup: Value) -> [String: Value] {
        var row: [String: Value] = ["state": backup["usable"]?.bool == true ? "usable" : "unusable"]
        if backup["expired"]?.bool == true { row["state"] = "expired" }
        if let bytes = backup["size_bytes"]?.int { row["size"] = .string(size(bytes)) }
        return row
    }

    /// Bytes for people, by powers of 1024: `61.4 MiB`.
    static func size(_ bytes: Int) -> String {
        let units = ["KiB", "MiB", "GiB", "TiB", "PiB"]
        var (tenths, unit) = (bytes / 102, 0)
        if bytes < 1024 { return "\(bytes) B" }
        tenths = Int((Double(bytes) / 102.4).rounded())
        while tenths >= 10_240, unit < units.count - 1 { (tenths, unit) = (tenths / 1024, unit + 1) }
        return "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }
}
