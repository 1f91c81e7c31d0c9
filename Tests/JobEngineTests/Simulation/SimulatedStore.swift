@testable import JobEngine

/// What is on the disk of the simulated node: what survives a crash.
struct SimulatedStore {
    private(set) var jobs: [JobID: JobRecord] = [:]
    private(set) var revisions: [RevisionRecord] = []
    private(set) var keys: [IdempotencyKey: (id: JobID, digest: String)] = [:]
    /// Jobs in the order in which their ends were stored.
    private(set) var ends: [JobID] = []
    private var rules: [Int: QueueRule] = [:]
    private(set) var undos: [CommandKey: KeptUndo] = [:]
    private var suspended: Set<Int> = []
    private var lastNumber = 0

    init(_ head: RevisionRecord) {
        revisions = [head]
    }

    var contents: StoreContents {
        var contents = StoreContents(
            head: revisions.last, openJobs: jobs.values.filter { !$0.isDone }.sorted { $0.id < $1.id },
            suspendedNodes: suspended)
        contents.rules = rules.values.sorted { $0.number < $1.number }
        contents.keptUndos = undos.values.sorted()
        contents.nextNumber = max(lastNumber, jobs.keys.map(\.number).max() ?? 0) + 1
        return contents
    }

    mutating func apply(_ records: [LogRecord]) {
        let write = StoreWrite(records)
        for job in write.jobs {
            if job.isDone, jobs[job.id]?.isDone != true { ends.append(job.id) }
            jobs[job.id] = job
            guard let digest = write.requestDigests[job.id], let key = job.scopedKey else { continue }
            keys[.init(user: job.requester.name, text: key)] = (job.id, digest)
        }
        revisions += write.revisions
        for rule in write.rules { rules[rule.number] = rule }
        for number in write.removedRules { rules[number] = nil }
        for (node, isSuspended) in write.suspensions {
            if isSuspended { suspended.insert(node) } else { suspended.remove(node) }
        }
        for key in write.settledUndos { undos[key] = nil }
        for undo in write.keptUndos { undos[undo.key] = undo }
        lastNumber = max(lastNumber, write.lastNumber ?? 0)
    }
}
