import Values

@testable import ClusterLog

/// A mistake somebody could make, planted round the machines to see that it is found.
enum PlantedMistake: CaseIterable {
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

    /// A seed that found it.
    var foundBefore: UInt64 {
        switch self {
        case .nonceNotLookedAt, .repeatedAtNextIndex: 0
        case .ownLeaseNotRecognised: 1
        case .noFence, .answeredBeforeApplied: 2
        case .gapNotNoticed, .appliedBeforeItsTurn: 3
        case .readInsteadOfRepeating: 69
        case .roomBelieved: 100
        case .formerGenerationKept: 103
        case .leaseBelievedPastItsEnd: 338
        }
    }
}

extension ClusterSimulation {
    // MARK: What is sent

    mutating func mistaken(
        _ transaction: Transaction, _ attempt: LogWriter.Attempt, _ writer: Int, _ number: Int
    ) -> Transaction {
        var transaction = transaction
        if mistake == .noFence { transaction.comparisons = [] }
        if mistake == .repeatedAtNextIndex, attempt.number > 1,
            let writer = members[number - 1].running?.writers[writer], case .sending(let flight) = writer.phase
        {
            var header = flight.entry.header
            header.index += 1
            let entry = LogEntry(header, payload: flight.entry.payload)
            transaction.comparisons = Array(transaction.comparisons.prefix(1))
            transaction.success = [.put(writer.keys.entry(header.index), value: entry.bytes, lease: nil)]
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
        guard let machine = members[number - 1].running?.writers[writer], case .sending(let flight) = machine.phase,
            flight.attempt == attempt
        else { return }
        if etcd.keys[machine.keys.entry(attempt.index)] == nil {
            giveUp(flight, writer, number)
        } else {
            feed(.lost(attempt, jitter: 0), writer: writer, number)
        }
    }

    mutating func refuseAtOnce(_ attempt: LogWriter.Attempt, _ writer: Int, _ number: Int) -> Bool {
        guard let machine = members[number - 1].running?.writers[writer] else { return false }
        switch machine.phase {
        case .sending(let flight) where flight.knows(attempt), .pausing(let flight) where flight.knows(attempt):
            giveUp(flight, writer, number)
            return true
        case .sending, .pausing, .idle, .over: return false
        }
    }

    private mutating func giveUp(_ flight: LogWriter.Flight, _ writer: Int, _ number: Int) {
        members[number - 1].running?.writers[writer]?.phase = .idle
        let batch = members[number - 1].running?.batches.removeValue(forKey: flight.batch.nonce)
        for operation in batch?.operations ?? [] { answer(operation, .refused, number) }
    }

    // MARK: What is followed

    mutating func takeAsNext(_ value: KeyValue, _ number: Int) {
        guard let follower = members[number - 1].running?.follower, let entry = try? LogEntry(reading: value.value)
        else { return }
        var header = entry.header
        (header.index, header.previous) = (follower.received.index + 1, follower.received.chain)
        header.term = max(header.term, follower.term)
        if header.piece != follower.pieces.count { (header.piece, header.hasMore) = (0, false) }
        let key = KeyValue(
            key: follower.keys.entry(header.index), value: LogEntry(header, payload: entry.payload).bytes,
            created: value.created)
        follow(.event(key), number)
    }

    mutating func applyAtOnce(_ value: KeyValue, _ number: Int) {
        guard let entry = try? LogEntry(reading: value.value) else { return }
        members[number - 1].disk.operations += ClusterChecker.operations(in: entry.payload)
    }

    mutating func keepFormerGeneration(_ number: Int) {
        let keys = LogKeys(cluster: "c", generation: generation)
        guard let format = etcd.keys[keys.format].flatMap({ LogFormat($0.value) }) else { return }
        members[number - 1].disk.applied = format.base
        members[number - 1].disk.generation = generation
        members[number - 1].disk.chains[format.base.index] = format.base.chain
        follow(.changed(to: format.base, term: members[number - 1].disk.term), number)
    }
}
