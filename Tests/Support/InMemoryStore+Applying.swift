import Access
import JobEngine

extension InMemoryStore.State {
    /// - Parameter guardsKeys: Whether a key that belongs to another job refuses the change, or moves.
    /// - Returns: Why nothing was written, `nil` when all was.
    mutating func apply(_ write: StoreWrite, guardsKeys: Bool = true) -> StoreError? {
        if let refusal = refusal(of: write, guardsKeys: guardsKeys) { return refusal }
        for revision in write.revisions {
            if revisions[revision.number] == nil || !revision.acknowledgements.isEmpty {
                revisions[revision.number] = revision
            }
        }
        for job in write.jobs { keep(job) }
        for (id, digest) in write.requestDigests where jobs[id.number]?.id == id { digests[id] = digest }
        for (number, nodes) in write.acknowledgements {
            revisions[number]?.acknowledgements = nodes.sorted { $0.node < $1.node }
        }
        for (node, isSuspended) in write.suspensions {
            if isSuspended { suspended.insert(node) } else { suspended.remove(node) }
        }
        for rule in write.rules { rules[rule.number] = rule }
        for number in write.removedRules { rules[number] = nil }
        for key in write.settledUndos { undos[key] = nil }
        for undo in write.keptUndos { undos[undo.key] = undo }
        if let newest = write.revisions.last { endLogins(write.endedLogins, with: newest.number) }
        if let last = write.lastNumber { lastNumber = max(lastNumber, last) }
        return nil
    }

    private func refusal(of write: StoreWrite, guardsKeys: Bool) -> StoreError? {
        let head = revisions.keys.max() ?? 0
        if let expected = write.expectedHead, expected != head { return .headMoved(to: head) }
        var last = write.expectedHead
        for revision in write.revisions {
            if let before = last {
                guard revision.number > before else { return .unavailable("a revision cannot follow a newer one") }
                last = revision.number
            }
            if let known = revisions[revision.number], known.text != revision.text { return .headMoved(to: head) }
        }
        let numbers = Set(write.revisions.map(\.number))
        for number in write.acknowledgements.keys where revisions[number] == nil && !numbers.contains(number) {
            return .unavailable("there is no revision \(number) to acknowledge")
        }
        var taken = keys
        for job in write.jobs {
            if let known = jobs[job.id.number], known.id != job.id {
                return .unavailable("the number of job \(job.id) belongs to a job of another node")
            }
            guard guardsKeys, let key = job.ownKey else { continue }
            if let owner = taken[key], owner != job.id { return .keyTaken(owner) }
            taken[key] = job.id
        }
        return nil
    }

    private mutating func keep(_ job: JobRecord) {
        jobs[job.id.number] = job
        if job.isDone, ends[job.id] == nil { ends[job.id] = (ends.values.max() ?? 0) + 1 }
        if let key = job.ownKey { keys[key] = job.id }
    }

    private mutating func endLogins(_ ended: EndedLogins, with revision: Int) {
        for those in ended.sessions {
            sessionEndings[those.user] = revision
            sessions.removeAll { $0.user == those.user && $0.id != those.kept }
        }
        for user in ended.users { loginEndings[user] = revision }
        sessions.removeAll { ended.users.contains($0.user) }
        tokens.removeAll { ended.users.contains($0.user) }
    }
}

extension JobRecord {
    fileprivate var ownKey: IdempotencyKey? {
        scopedKey.map { IdempotencyKey(user: requester.name, text: $0) }
    }
}

extension RevisionRecord {
    /// As it stands in a list.
    var withoutText: RevisionRecord {
        var record = RevisionRecord(
            number: number, text: "", sha256: sha256, checksum: checksum, job: job, user: user, reason: reason, at: at)
        record.acknowledgements = acknowledgements
        return record
    }
}
