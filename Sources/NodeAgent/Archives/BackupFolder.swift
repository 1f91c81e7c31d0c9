/// What tells the folder of a backup in an archive from everything else somebody keeps there.
enum BackupFolder {
    /// The file that is written first: it says that we made the folder.
    static let mark = "confd-backup"

    /// Whether a path is named like a backup: `<database>/id_<n>/level_<n>/node_<n>/backup_<minute>`.
    static func isOne(_ path: some StringProtocol) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 5, let database = parts.first, !database.isEmpty, !database.hasPrefix(".") else {
            return false
        }
        return zip(parts.dropFirst(), ["id_", "level_", "node_", "backup_"]).allSatisfy { part, start in
            let number = part.utf8.dropFirst(start.utf8.count)
            return part.hasPrefix(start) && !number.isEmpty && number.allSatisfy { (0x30...0x39).contains($0) }
        }
    }

    /// Of the paths of files, the folders of backups that bear our mark; sorted.
    static func marked(in files: [String]) -> [String] {
        let marks = files.filter { $0.hasSuffix("/" + mark) }.map { String($0.dropLast(mark.utf8.count + 1)) }
        return Set(marks.filter { isOne($0) }).sorted()
    }
}
