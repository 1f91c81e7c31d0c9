import JobEngine
import Values

/// Jobs that go to the archive as one member: of one month, and so few that neither reading nor deleting them holds anybody up.
struct ArchiveBatch: Sendable {
    private(set) var jobs: [JobRecord] = []
    /// The month in which they ended, as in `2026-11`.
    private(set) var month = ""
    /// Their records, one a line.
    private(set) var lines: [UInt8] = []

    private static let mostJobs = 256
    private static let mostBytes = 8 << 20

    /// - Returns: Whether there was room for it.
    mutating func add(_ job: JobRecord, _ bytes: some Sequence<UInt8>) -> Bool {
        let month = String((job.endedAt ?? Timestamp(milliseconds: 0)).description.prefix(7))
        guard jobs.count < Self.mostJobs, lines.count < Self.mostBytes, jobs.isEmpty || month == self.month else {
            return false
        }
        self.month = month
        jobs.append(job)
        lines += bytes
        lines.append(UInt8(ascii: "\n"))
        return true
    }
}
