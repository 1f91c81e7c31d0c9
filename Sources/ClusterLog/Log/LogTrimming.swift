/// When the master shortens the log, and by how much: by what ``LogExtent`` says of the entries this node has seen.
package struct LogTrimming: Sendable {
    /// How often the log is looked at.
    package static let period = Duration.seconds(30)

    /// The lowest index that is left, as far as is known here.
    package private(set) var oldest = 1
    /// The revision of etcd when the log was shortened last: what was before it is in nobody's way by the next time.
    package private(set) var revision: Int?
    /// What entries took that were applied here.
    private var seen = (count: 0, bytes: 0)
    private var dueAt = Duration.zero

    /// Nothing was seen yet.
    package init() {}

    /// Takes a change that was applied here.
    package mutating func note(_ change: LogChange) {
        // What was long ago says less of what there is.
        if seen.count >= 2 * LogExtent.mostKept { seen = (seen.count / 2, seen.bytes / 2) }
        for entry in change.entries { seen = (seen.count + 1, seen.bytes + entry.bytes.count) }
    }

    /// The lowest index that is to stay; `nil` when nothing may go, or it is not time.
    ///
    /// - Parameters:
    ///   - newest: The index of the newest entry.
    ///   - appliedByAll: ``Vitality/appliedByAll``.
    package mutating func firstKept(newest: Int, appliedByAll: Int?, at now: Duration) -> Int? {
        guard now >= dueAt else { return nil }
        dueAt = now + Self.period
        guard newest >= oldest else { return nil }
        let size = (newest - oldest + 1) * (seen.bytes / max(1, seen.count))
        let first = LogExtent(oldest: oldest, newest: newest, size: size).firstKept(appliedByAll: appliedByAll)
        return first > oldest ? first : nil
    }

    /// The log begins with this entry now, at a revision of etcd.
    package mutating func note(oldest index: Int, at revision: Int) {
        (oldest, self.revision) = (index, revision)
    }
}
