import JobEngine

/// A change outside of terms: it is checked against the state here, since what is in the log is never refused.
extension ReplicatedStore {
    /// What a change comes to as records.
    ///
    /// - Throws: `headMoved`, `keyTaken`, or `unavailable` for one that cannot be made.
    func records(of write: StoreWrite) async throws(StoreError) -> [LogRecord] {
        try await check(revisions: write)
        try await check(keysOf: write.jobs)
        var records: [LogRecord] = write.revisions.map { .revision($0) }
        records += write.jobs.map { .job($0, digest: write.requestDigests[$0.id]) }
        let known = Set(write.jobs.map(\.id))
        for (id, digest) in write.requestDigests where !known.contains(id) {
            if let job = try await state.job(id) { records.append(.job(job, digest: digest)) }
        }
        records += write.acknowledgements.map { .acknowledgements($0.value, revision: $0.key) }
        records += write.suspensions.map { .suspension(node: $0.key, isSuspended: $0.value) }
        records += write.rules.map { .rule($0) }
        records += write.settledUndos.map { .undoSettled($0) } + write.keptUndos.map { .undoKept($0) }
        records += write.removedRules.map { .ruleRemoved($0) }
        if !write.endedLogins.isEmpty { records.append(.loginsEnded(write.endedLogins)) }
        if let number = write.lastNumber { records.append(.numbers(through: number)) }
        return records
    }

    private func check(revisions write: StoreWrite) async throws(StoreError) {
        let head = try await state.revisions(below: nil, limit: 1).first?.number ?? 0
        if let expected = write.expectedHead, expected != head { throw .headMoved(to: head) }
        var last = write.expectedHead
        for revision in write.revisions {
            if let before = last {
                guard revision.number > before else {
                    throw .unavailable("revision \(revision.number) cannot follow revision \(before)")
                }
                last = revision.number
            }
            if let known = try await state.revision(revision.number), known.text != revision.text {
                throw .headMoved(to: head)
            }
        }
        let added = Set(write.revisions.map(\.number))
        for number in write.acknowledgements.keys where !added.contains(number) {
            guard try await state.revision(number) != nil else {
                throw .unavailable("there is no revision \(number) to acknowledge")
            }
        }
    }

    private func check(keysOf jobs: [JobRecord]) async throws(StoreError) {
        let keyed = jobs.compactMap { job in
            job.scopedKey.map { (id: job.id, key: IdempotencyKey(user: job.requester.name, text: $0)) }
        }
        var owners = try await state.jobs(with: Set(keyed.map(\.key))).mapValues(\.id)
        for (id, key) in keyed {
            if let owner = owners[key], owner != id { throw .keyTaken(owner) }
            owners[key] = id
        }
    }
}
