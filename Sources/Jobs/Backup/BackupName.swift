import EXAConf
import JobEngine
import Values

/// The name of one backup: `<volume id> <path> <database>`, as lists show it and jobs take it.
struct BackupName: Sendable, Hashable {
    let volume: Int
    let path: String
    let database: String

    /// Reads a name.
    ///
    /// - Throws: ``JobError`` unless it is one of this form.
    init(_ text: String, of parameter: String) throws(JobError) {
        let parts = text.split(separator: " ").map(String.init)
        guard parts.count == 3, let volume = Int(parts[0]), Self.isPath(parts[1]) else {
            throw .invalid(parameter, "'\(parameter)': give '<volume id> <path> <database>', as db_backup_list has it.")
        }
        self.volume = volume
        path = parts[1]
        database = parts[2]
    }

    /// Whether a text is the path of a backup, or of what backups are under.
    static func isPath(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        return (2...5).contains(parts.count) && text.utf8.count <= 300
            && parts.allSatisfy {
                !$0.isEmpty && $0 != "." && $0 != ".." && $0.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
            }
    }
}

extension Lock {
    /// Completed backups of a database: removing, describing, reading one. A backup in the making is not among them.
    static func backups(of database: String) -> Lock { .exclusive("backups:\(database)") }
}

extension Arguments {
    /// When a backup made now expires, from its life time; `nil` for never.
    func expiry(from now: Timestamp) throws(JobError) -> Timestamp? {
        guard let text = text("expire"), !text.isEmpty, text != "0" else { return nil }
        guard let span = TimeSpan(text) else {
            throw .invalid("expire", "'expire': a life time such as '1w 3d', of #w, #d, #h and #m.")
        }
        let (milliseconds, overflow) = span.seconds.multipliedReportingOverflow(by: 1000)
        guard !overflow, span.seconds > 0 else { return nil }
        return Timestamp(milliseconds: now.milliseconds + milliseconds)
    }
}
