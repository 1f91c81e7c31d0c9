import OrderedCollections

/// Who holds what, and who waits behind whom.
///
/// A job asks once, for everything it needs; it holds its locks when nobody in front of it, on any of its keys, stands in
/// the way. All keys are entered in the same order, so no two jobs can wait for each other.
package struct LockTable: Sendable {
    private var lines: [String: OrderedDictionary<JobID, Bool>] = [:]
    private var locks: [JobID: [Lock]] = [:]

    /// A table in which every key is free.
    package init() {}

    /// Enters a job's claims.
    ///
    /// - Returns: Whether it holds them at once; if not, ``release(_:)`` of another job will name it.
    package mutating func request(_ job: JobID, _ wanted: [Lock]) -> Bool {
        guard !wanted.isEmpty else { return true }
        locks[job] = wanted
        for lock in wanted {
            let exclusive = lines[lock.key]?[job] ?? false
            lines[lock.key, default: [:]][job] = exclusive || lock.isExclusive
        }
        return isFree(for: job)
    }

    /// Takes a job's claims away, held or not.
    ///
    /// - Returns: The jobs in front that hold all their locks now, oldest first; some may have held them before.
    package mutating func release(_ job: JobID) -> [JobID] {
        guard let held = locks.removeValue(forKey: job) else { return [] }
        var followers: Set<JobID> = []
        for key in Set(held.map(\.key)) {
            guard var line = lines.removeValue(forKey: key) else { continue }
            line.removeValue(forKey: job)
            guard !line.isEmpty else { continue }
            lines[key] = line
            followers.formUnion(Self.front(of: line))
        }
        return followers.filter { isFree(for: $0) }.sorted()
    }

    /// The jobs of a line nobody stands before: one that wants the key alone, or all that share it up to such a one.
    private static func front(of line: OrderedDictionary<JobID, Bool>) -> [JobID] {
        guard let first = line.elements.first else { return [] }
        return first.value ? [first.key] : line.elements.prefix { !$0.value }.map(\.key)
    }

    /// Whether a job that asked holds what it asked for.
    package func isFree(for job: JobID) -> Bool {
        (locks[job] ?? []).allSatisfy { lock in !isBlocked(job, in: lines[lock.key] ?? [:]) }
    }

    /// What a job waits for, with the job in front.
    package func obstacles(of job: JobID) -> [JobRecord.Obstacle] {
        (locks[job] ?? []).compactMap { lock in
            guard let line = lines[lock.key], isBlocked(job, in: line), let holder = line.keys.first else { return nil }
            return JobRecord.Obstacle(kind: "lock", name: lock.key, holder: holder)
        }
    }

    private func isBlocked(_ job: JobID, in line: OrderedDictionary<JobID, Bool>) -> Bool {
        guard let exclusive = line[job], let index = line.index(forKey: job) else { return false }
        return exclusive ? index > 0 : line.values[..<index].contains(true)
    }
}
