package import ClusterChecker
import ClusterLog

/// A mistake somebody could make, planted round the machines to see that it is found.
package enum PlantedMistake: Sendable, CaseIterable {
    /// An append compares neither the master's key nor whether its index is free.
    case noFence
    /// An entry found at the index is taken for somebody else's.
    case nonceNotLookedAt
    /// After a lost answer the index is read; what is not there is reported as failed.
    case readInsteadOfRepeating
    /// A lost append is repeated at the index behind.
    case repeatedAtNextIndex
    /// No room is believed although a former attempt may still get in.
    case roomBelieved
    /// Clients are answered before the entry is applied.
    case answeredBeforeApplied
    /// A master believes its lease to live three times as long as it does.
    case leaseBelievedPastItsEnd
    /// A candidate does not see that the master's key is under its own lease.
    case ownLeaseNotRecognised
    /// What a watch tells is taken as the next entry, whatever its index.
    case gapNotNoticed
    /// An entry is applied although one before it is missing.
    case appliedBeforeItsTurn
    /// A member keeps what a new etcd does not have.
    case formerGenerationKept

    /// A master that was elected again goes on with the block of numbers of its former term.
    case blockOfNumbersKept
    /// A member refuses what has an idempotency key it still has for another job.
    case keysCheckedWhenApplied
    /// The revisions of a batch are recorded in another order than they were decided in.
    case revisionsInAnotherOrder
    /// A term is over when somebody comes to say so, not when its time is.
    case fencedByTimer
    /// A member that has no room passes over what it cannot apply.
    case skippedWithoutRoom
    /// A member whose etcd has lost entries takes the state of another one, and says nothing.
    case lossTakenAsTruth
    /// What has a lower revision than what was seen before is taken for old news, whatever happened to etcd.
    case revisionsNeverGoBack
    /// What a watch tells is taken for the word of more than half of etcd.
    case progressBelieved

    /// A seed that found it.
    package var foundBefore: UInt64 {
        switch self {
        case .nonceNotLookedAt, .skippedWithoutRoom: 0
        case .lossTakenAsTruth: 1
        case .repeatedAtNextIndex: 2
        case .progressBelieved: 6
        case .noFence, .answeredBeforeApplied, .ownLeaseNotRecognised: 3
        case .gapNotNoticed, .appliedBeforeItsTurn: 5
        case .blockOfNumbersKept: 8
        case .formerGenerationKept: 10
        case .revisionsInAnotherOrder: 19
        case .keysCheckedWhenApplied: 26
        case .readInsteadOfRepeating, .revisionsNeverGoBack: 32
        case .leaseBelievedPastItsEnd: 296
        case .roomBelieved: 330
        case .fencedByTimer: 727
        }
    }
}

extension ClusterSimulation {
    // MARK: What is sent

    mutating func mistaken(
        _ transaction: Transaction, _ attempt: LogWriter.Attempt, _ number: Int
    ) -> Transaction {
        var transaction = transaction
        if mistake == .noFence { transaction.comparisons = [] }
        if mistake == .repeatedAtNextIndex, attempt.number > 1, let keys = members[number - 1].running?.keys,
            case .put(_, let bytes, _)? = transaction.success.first, let entry = try? LogEntry(reading: bytes)
        {
            var header = entry.header
            header.index += 1
            let next = LogEntry(header, payload: entry.payload)
            transaction.comparisons = Array(transaction.comparisons.prefix(1))
            transaction.success = [.put(keys.entry(header.index), value: next.bytes, lease: nil)]
        }
        return transaction
    }

    // MARK: What is answered

    func mistaken(_ answer: TransactionAnswer, _ attempt: LogWriter.Attempt) -> TransactionAnswer {
        var answer = answer
        if mistake == .nonceNotLookedAt, !answer.succeeded, answer.found.count == 5, !answer.found[0].isEmpty {
            answer.found[0][0].value = []
        }
        return answer
    }

    func mistaken(_ answer: TransactionAnswer) -> TransactionAnswer {
        var answer = answer
        if !answer.succeeded { answer.found = answer.found.map { $0.compactMap { mistaken($0) } } }
        return answer
    }

    func mistaken(_ key: KeyValue?) -> KeyValue? {
        var key = key
        if mistake == .ownLeaseNotRecognised { key?.lease = 0 }
        return key
    }

    mutating func readInsteadOfRepeating(_ attempt: LogWriter.Attempt, _ writer: Int, _ number: Int) {
        guard let running = members[number - 1].running, running.batches[attempt.nonce]?.attempt == attempt else {
            return
        }
        if etcd.keys[running.keys.entry(attempt.index)] == nil {
            giveUp(attempt, number, writer: writer)
        } else {
            feed(.lost(attempt, jitter: 0), writer: writer, number)
        }
    }

    mutating func refuseAtOnce(_ attempt: LogWriter.Attempt, _ writer: Int, _ number: Int) -> Bool {
        guard members[number - 1].running?.batches[attempt.nonce]?.attempt?.index == attempt.index else { return false }
        giveUp(attempt, number, writer: writer)
        return true
    }

    /// The writer begins anew behind what it knows to be in the log.
    private mutating func giveUp(_ attempt: LogWriter.Attempt, _ number: Int, writer: Int) {
        guard let running = members[number - 1].running, let former = running.writers[writer] else { return }
        running.writers[writer] = LogWriter(
            term: former.term, keys: running.keys, node: number, level: 1, base: running.base, tail: former.tail,
            limit: plan.limit)
        refuse(running.batches.removeValue(forKey: attempt.nonce), number)
    }

    // MARK: What is followed

    mutating func takeAsNext(_ value: KeyValue, _ number: Int) {
        guard let follower = members[number - 1].running?.follower, let entry = try? LogEntry(reading: value.value)
        else { return }
        var header = entry.header
        (header.index, header.previous) = (follower.received.index + 1, follower.received.chain)
        header.term = max(header.term, members[number - 1].disk.term)
        (header.piece, header.hasMore) = (0, false)
        let key = KeyValue(
            key: follower.keys.entry(header.index), value: LogEntry(header, payload: entry.payload).bytes,
            created: value.created)
        follow(.event(key), number)
    }

    mutating func applyAtOnce(_ value: KeyValue, _ number: Int) {
        guard let entry = try? LogEntry(reading: value.value) else { return }
        members[number - 1].disk.jobs.apply(entry.payload)
    }

    mutating func keepFormerGeneration(_ number: Int) {
        let keys = LogKeys(cluster: Self.cluster, generation: generation)
        guard let format = etcd.keys[keys.format].flatMap({ LogFormat($0.value) }) else { return }
        members[number - 1].disk.applied = format.base
        members[number - 1].disk.generation = generation
        members[number - 1].disk.chains[format.base.index] = format.base.chain
        follow(.changed(to: format.base, term: members[number - 1].disk.term), number)
    }

    /// Everything of its own is dropped, and what etcd has is read from the begin, or from another member.
    mutating func takeLossAsTruth(_ number: Int) {
        guard let running = members[number - 1].running else { return }
        let keys = running.follower.keys
        running.follower = Follower(keys: keys, levels: 1...1, applied: .start, term: Term(generation: 1, epoch: 0))
        running.applying = nil
        members[number - 1].disk.replace(by: .init(generation: keys.generation))
        noteState(number)
        vitalize(.generationChanged, number)
    }
}

extension [SimulatedJobs.Fact] {
    /// With the revisions in it the other way round.
    var mistaken: Self {
        var revisions = filter { if case .revision = $0 { true } else { false } }
        return map { fact in
            if case .revision = fact { revisions.removeLast() } else { fact }
        }
    }
}

extension PlantedMistake {
    /// The first of some seeds whose history breaks a promise with the mistake in it, and which.
    package func firstFound(within seeds: some Sequence<UInt64>) -> (seed: UInt64, violation: Violation)? {
        for seed in seeds {
            var simulation = ClusterSimulation(SimulationPlan(seed: seed), mistake: self)
            if let violation = simulation.run() { return (seed, violation) }
        }
        return nil
    }
}
