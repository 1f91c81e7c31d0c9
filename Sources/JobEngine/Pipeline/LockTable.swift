import Values

/// Who holds what, and who waits behind whom.
///
/// A job asks once, for everything it needs; it holds its locks when nobody in front of it, on any of its keys, stands in
/// the way. Those who hold stand before those who wait, the more urgent before the less, and among equals those who asked
/// first. It is the same order for every key, so no two jobs can wait for each other.
package struct LockTable: Sendable {
    private struct Line {
        /// Those who hold the key, and whether alone.
        var holders: [JobID: Bool] = [:]
        var waiting = PriorityLine()
        /// Those who wait for the key to have it alone.
        var exclusive: Set<JobID> = []

        var isEmpty: Bool { holders.isEmpty && waiting.isEmpty }
        var isHeldAlone: Bool { holders.values.contains(true) }

        /// Those nobody stands before: one that wants the key alone, or all that share it up to such a one.
        var front: [JobID] {
            if isHeldAlone { return [] }
            var found: [JobID] = []
            for job in waiting.jobs {
                if exclusive.contains(job) {
                    if found.isEmpty, holders.isEmpty { found = [job] }
                    break
                }
                found.append(job)
            }
            return found
        }

        func isBlocked(_ job: JobID) -> Bool {
            guard holders[job] == nil, waiting.contains(job) else { return false }
            if exclusive.contains(job) { return !holders.isEmpty || waiting.first != job }
            if isHeldAlone { return true }
            if exclusive.isEmpty { return false }
            return exclusive.contains(waiting.jobs.first { $0 == job || exclusive.contains($0) } ?? job)
        }
    }

    private var lines: [String: Line] = [:]
    private var locks: [JobID: [String]] = [:]

    /// A table in which every key is free.
    package init() {}

    /// Enters a job's claims.
    ///
    /// - Returns: Whether it holds them at once; if not, ``release(_:)`` of another job will name it.
    package mutating func request(_ job: JobID, _ wanted: [Lock], priority: JobPriority = .normal) -> Bool {
        guard !wanted.isEmpty else { return true }
        let keys = Set(wanted.map(\.key)).sorted()
        locks[job] = keys
        for key in keys { lines[key, default: Line()].waiting.insert(job, priority) }
        for lock in wanted where lock.isExclusive { lines[lock.key]?.exclusive.insert(job) }
        guard isFree(for: job) else { return false }
        grant(job)
        return true
    }

    /// Takes a job's claims away, held or not.
    ///
    /// - Returns: The jobs in front that hold all their locks now, oldest first; some may have held them before.
    package mutating func release(_ job: JobID) -> [JobID] {
        guard let keys = locks.removeValue(forKey: job) else { return [] }
        var followers: Set<JobID> = []
        for key in keys {
            guard var line = lines.removeValue(forKey: key) else { continue }
            line.holders[job] = nil
            line.waiting.remove(job)
            line.exclusive.remove(job)
            guard !line.isEmpty else { continue }
            followers.formUnion(line.front)
            followers.formUnion(line.holders.keys)
            lines[key] = line
        }
        var free: [JobID] = []
        for follower in followers.sorted() where isFree(for: follower) {
            grant(follower)
            free.append(follower)
        }
        return free
    }

    private mutating func grant(_ job: JobID) {
        for key in locks[job] ?? [] {
            guard var line = lines.removeValue(forKey: key) else { continue }
            if line.waiting.contains(job) {
                line.waiting.remove(job)
                line.holders[job] = line.exclusive.remove(job) != nil
            }
            lines[key] = line
        }
    }

    /// Whether a job that asked holds what it asked for.
    package func isFree(for job: JobID) -> Bool {
        (locks[job] ?? []).allSatisfy { lines[$0]?.isBlocked(job) != true }
    }

    /// What a job waits for, with the job in front; a job that was overtaken says by whom.
    package func obstacles(of job: JobID) -> [JobRecord.Obstacle] {
        (locks[job] ?? []).flatMap { key -> [JobRecord.Obstacle] in
            guard let line = lines[key], line.isBlocked(job) else { return [] }
            let holder = line.holders.keys.min().map { JobRecord.Obstacle(kind: "lock", name: key, holder: $0) }
            guard let first = line.waiting.first, first != job else { return holder.map { [$0] } ?? [] }
            let isOvertaken = line.waiting.priority(of: first) != line.waiting.priority(of: job)
            if isOvertaken {
                let overtaken = JobRecord.Obstacle(kind: "priority", name: key, holder: first)
                return (holder.map { [$0] } ?? []) + [overtaken]
            }
            return [holder ?? JobRecord.Obstacle(kind: "lock", name: key, holder: first)]
        }
    }
}
