import Values

@testable import ClusterLog

/// How a member that was elected begins its term, appends, and answers who asked.
extension ClusterSimulation {
    /// Reads the newest entry, which nobody but this node can follow with another one any more.
    mutating func open(_ number: Int) {
        guard let running = members[number - 1].running, let opening = running.opening, opening.tail == nil,
            !running.requests.values.contains(where: { if case .opening(opening.term) = $0 { true } else { false } })
        else { return }
        let keys = running.election.keys
        send(
            .transaction(.init(success: [.get(keys.format), .last(keys.entries)])), from: number,
            for: .opening(opening.term))
    }

    mutating func takeOpening(_ answer: TransactionAnswer, _ term: Term, _ number: Int) {
        guard members[number - 1].running?.opening?.term == term, answer.found.count == 2,
            let format = answer.found[0].first.flatMap({ LogFormat($0.value) }), format.generation == term.generation
        else { return }
        let tail = answer.found[1].first.flatMap { try? LogEntry(reading: $0.value).place } ?? format.base
        members[number - 1].running?.opening = (term, tail, format.base.index)
        follow(.tail(tail.index), number)
    }

    /// Appends the first entry of the term as soon as this node has everything before it.
    mutating func beginTerm(_ number: Int) {
        let place = number - 1
        guard let running = members[place].running, let opening = running.opening, let tail = opening.tail,
            running.follower.followed == tail
        else { return }
        if let writer = running.writer.flatMap({ running.writers[$0] }) {
            // The one before found no room.
            if writer.phase == .idle, running.beganAt == nil { append([], beginsTerm: true, number) }
            return
        }
        requests += 1
        members[place].running?.writers[requests] = LogWriter(
            term: opening.term, keys: running.election.keys, node: number, level: 1, base: opening.base, tail: tail,
            limit: plan.limit)
        members[place].running?.writer = requests
        members[place].running?.beganAt = nil
        append([], beginsTerm: true, number)
    }

    mutating func appendGathered(_ number: Int) {
        let place = number - 1
        guard let running = members[place].running, !running.gathered.isEmpty, let writer = running.writer,
            running.writers[writer]?.phase == .idle, running.election.isMaster(at: local(number))
        else { return }
        let operations = running.gathered
        members[place].running?.gathered = []
        if running.vitality.hasQuorum {
            append(operations, beginsTerm: false, number)
        } else {
            for operation in operations { answer(operation, .refused, number) }
        }
    }

    private mutating func append(_ operations: [Int], beginsTerm: Bool, _ number: Int) {
        let nonce = Nonce(high: random.next(), low: random.next())
        members[number - 1].running?.batches[nonce] = .init(operations: operations, beginsTerm: beginsTerm)
        guard let writer = members[number - 1].running?.writer else { return }
        let payload = ClusterChecker.payload(operations)
        feed(
            .append(.init(payload: payload, nonce: nonce, at: .init(milliseconds: now))), writer: writer, number)
    }

    mutating func feed(_ input: LogWriter.Input, writer: Int, _ number: Int) {
        let place = number - 1
        if mistake == .roomBelieved, case .noRoom(let attempt) = input, refuseAtOnce(attempt, writer, number) { return }
        let effects = members[place].running?.writers[writer]?.handle(input) ?? []
        for effect in effects {
            switch effect {
            case .send(let transaction, let attempt):
                send(
                    .transaction(mistaken(transaction, attempt, writer, number)), from: number,
                    for: .append(attempt, writer: writer))
            case .pause(let duration):
                let wait = Int(duration / .milliseconds(1))
                queue.add(.pauseEnded(writer: writer, member: number, life: members[place].life), at: now + wait)
            case .settled(let nonce, let outcome): settle(nonce, outcome, writer, number)
            case .refused(let nonce, _):
                let batch = members[place].running?.batches.removeValue(forKey: nonce)
                for operation in batch?.operations ?? [] { answer(operation, .refused, number) }
            }
        }
    }

    private mutating func settle(_ nonce: Nonce, _ outcome: LogWriter.Outcome, _ writer: Int, _ number: Int) {
        let place = number - 1
        guard let batch = members[place].running?.batches.removeValue(forKey: nonce) else { return }
        switch outcome {
        case .done(let entries): takeDone(batch, entries, number)
        case .full:
            tell("member \(number) is told that there is no room")
            for operation in batch.operations { answer(operation, .refused, number) }
        case .deposed, .trimmed:
            let told: ClusterHistory.Answer = outcome == .deposed ? .refused : .unknown
            for operation in batch.operations { answer(operation, told, number) }
            tell("an append of member \(number) is settled: \(outcome == .deposed ? "deposed" : "trimmed")")
            if members[place].running?.writer == writer { elect(.stopped(.deposed), number) }
        }
    }

    private mutating func takeDone(_ batch: SimulatedMember.Batch, _ entries: [LogEntry], _ number: Int) {
        let place = number - 1
        guard let last = entries.last, let keys = members[place].running?.election.keys else { return }
        let index = last.header.index
        let written = ClusterHistory.Place(generation: last.header.term.generation, index: index)
        for entry in entries {
            let place = ClusterHistory.Place(generation: entry.header.term.generation, index: entry.header.index)
            history.appended.append(.init(place: place, member: number, term: entry.header.term))
        }
        if mistake == .answeredBeforeApplied {
            for operation in batch.operations { answer(operation, .acknowledged, number, at: written) }
        } else if !batch.operations.isEmpty {
            members[place].running?.unacknowledged.append((index, batch.operations, written))
        }
        if batch.beginsTerm, members[place].running?.opening?.term == last.header.term {
            members[place].running?.beganAt = index
        }
        for entry in entries {
            let key = keys.entry(entry.header.index)
            guard keys.generation == entry.header.term.generation else { continue }
            follow(.event(KeyValue(key: key, value: entry.bytes, created: 0)), number)
        }
        acknowledge(number)
    }

    /// Answers those whose entries have been applied.
    mutating func acknowledge(_ number: Int) {
        let place = number - 1
        guard let running = members[place].running else { return }
        let (applied, generation) = (members[place].disk.applied.index, members[place].disk.term.generation)
        for waiting in running.unacknowledged where waiting.index <= applied && waiting.place.generation == generation {
            for operation in waiting.operations { answer(operation, .acknowledged, number, at: waiting.place) }
        }
        members[place].running?.unacknowledged.removeAll { $0.index <= applied }
        if let opening = running.opening, let beganAt = running.beganAt, beganAt <= applied, opening.tail != nil {
            members[place].running?.opening = nil
            members[place].running?.beganAt = nil
            tell("member \(number) begins term \(opening.term) with entry \(beganAt)")
            elect(.began(opening.term), number)
        }
    }

    mutating func answer(
        _ operation: Int, _ answer: ClusterHistory.Answer, _ number: Int, at place: ClusterHistory.Place? = nil
    ) {
        tell("member \(number) answers operation \(operation): \(answer)")
        history.answers[operation] = answer
        if let place { history.acknowledgedAt[operation] = (now, place) }
    }
}
