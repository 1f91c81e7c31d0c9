import Values

@testable import JobEngine

/// What callers of a simulated engine were told, and what its commands did: what the promises are held against.
struct SimulationChecks {
    /// What the jobs that were numbered claim.
    var taken: [JobID: JobTraits] = [:]
    /// The jobs somebody knows the number of.
    private(set) var told: Set<JobID> = []
    /// The same by their numbers.
    private(set) var known: [JobID] = []
    private var submittedAt: [JobID: Timestamp] = [:]
    /// In the order in which they were told.
    private(set) var ends: [JobID] = []
    private var ended: Set<JobID> = []
    private var volatile: Set<JobID> = []
    private var jobsOfKeys: [IdempotencyKey: Set<JobID>] = [:]
    /// Jobs that run commands.
    private var running: Set<JobID> = []

    /// Takes that a caller was told of a job.
    ///
    /// - Returns: Whether its number had not been told for another one.
    mutating func tell(_ job: JobRecord) -> Bool {
        if job.scheduling.isVolatile { volatile.insert(job.id) }
        defer { submittedAt[job.id] = job.times[.submitted] }
        if !told.insert(job.id).inserted { return submittedAt[job.id] == job.times[.submitted] }
        // Nearly always the last one.
        known.insert(job.id, at: (known.lastIndex { $0 < job.id } ?? -1) + 1)
        return true
    }

    /// Takes that a job was made for a key, or found by it.
    mutating func made(_ key: IdempotencyKey, _ id: JobID) { jobsOfKeys[key, default: []].insert(id) }

    /// A key that stands for more than one job.
    var keyOfTwoJobs: IdempotencyKey? { jobsOfKeys.first { $0.value.count > 1 }?.key }

    /// - Returns: Whether the job had not ended before.
    mutating func end(_ id: JobID) -> Bool {
        running.remove(id)
        ends.append(id)
        return ended.insert(id).inserted
    }

    /// Takes that a job runs a command.
    ///
    /// - Returns: A job that runs and holds a lock it must not have beside this one.
    mutating func begin(_ id: JobID) -> JobID? {
        running.insert(id)
        let mine = taken[id]?.locks ?? []
        return running.sorted().first { other in
            guard other != id else { return false }
            return (taken[other]?.locks ?? []).contains { lock in
                mine.contains { $0.key == lock.key && ($0.isExclusive || lock.isExclusive) }
            }
        }
    }

    mutating func crash() { running = [] }

    /// Forgets what ran, except for jobs that go on.
    mutating func forget(allBut open: Set<JobID>) { running.formIntersection(open) }

    /// The jobs somebody was told of that a store does not have as ended.
    func lost(in store: SimulatedStore) -> [JobID] {
        told.subtracting(volatile).filter { store.jobs[$0]?.isDone != true }.sorted()
    }
}
