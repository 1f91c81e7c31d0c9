import ClusterChecker
import ClusterLog
import Values

/// How a member that was elected begins its term, appends, and answers who asked.
extension ClusterSimulation {
    /// Reads the newest entry, which nobody but this node can follow with another one any more.
    mutating func open(_ number: Int) {
        guard let running = members[number - 1].running, let opening = running.opening, opening.tail == nil,
            !running.requests.values.contains(where: { if case .opening(opening.term) = $0 { true } else { false } })
        else { return }
        let keys = running.keys
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
        if let writer = running.writer {
            // The one before found no room.
            if isIdle(writer, of: running), running.beganAt == nil { append([], .init(writer: writer), number) }
            return
        }
        requests += 1
        members[place].running?.writers[requests] = LogWriter(
            term: opening.term, keys: running.keys, node: number, level: 1, base: opening.base, tail: tail,
            limit: plan.limit)
        members[place].running?.writer = requests
        members[place].running?.base = opening.base
        members[place].running?.beganAt = nil
        append([], .init(writer: requests), number)
    }

    /// Whether a writer would take another batch.
    private func isIdle(_ writer: Int, of running: SimulatedMember.Running) -> Bool {
        running.writers[writer]?.isOver == false && !running.batches.values.contains { $0.writer == writer }
    }

    mutating func appendGathered(_ number: Int) {
        let place = number - 1
        guard let running = members[place].running, !running.gathered.isEmpty, let writer = running.writer,
            isIdle(writer, of: running), let former = running.engine, running.election.isMaster(at: local(number))
        else { return }
        let gathered = running.gathered
        running.gathered = []
        guard running.vitality.hasQuorum(at: local(number)) else {
            for request in gathered { answer(request.number, .refused, number) }
            return
        }
        let decision = running.engine?.decide(gathered) ?? .init()
        if decision.facts.isEmpty, let tail = running.writers[writer]?.tail {
            // All of it was done before.
            running.unacknowledged.append((tail.index, running.keys.generation, decision.told))
            return acknowledge(number)
        }
        let batch = SimulatedMember.Batch(
            writer: writer, requests: gathered.map(\.number), told: decision.told, former: former)
        append(mistake == .revisionsInAnotherOrder ? decision.facts.mistaken : decision.facts, batch, number)
    }

    private mutating func append(_ facts: [SimulatedJobs.Fact], _ batch: SimulatedMember.Batch, _ number: Int) {
        let nonce = Nonce(high: random.next(), low: random.next())
        members[number - 1].running?.batches[nonce] = batch
        feed(
            .append(.init(payload: SimulatedJobs.payload(facts), nonce: nonce, at: .init(milliseconds: now))),
            writer: batch.writer, number)
    }

    mutating func feed(_ input: LogWriter.Input, writer: Int, _ number: Int) {
        let place = number - 1
        if mistake == .roomBelieved, case .noRoom(let attempt) = input, refuseAtOnce(attempt, writer, number) { return }
        let effects = members[place].running?.writers[writer]?.handle(input) ?? []
        for effect in effects {
            switch effect {
            case .send(let transaction, let attempt):
                members[place].running?.batches[attempt.nonce]?.attempt = attempt
                send(
                    .transaction(mistaken(transaction, attempt, number)), from: number,
                    for: .append(attempt, writer: writer))
            case .pause(let duration):
                let wait = Int(duration / .milliseconds(1))
                queue.add(.pauseEnded(writer: writer, member: number, life: members[place].life), at: now + wait)
            case .settled(let nonce, let outcome): settle(nonce, outcome, writer, number)
            case .refused(let nonce, _):
                let batch = members[place].running?.batches.removeValue(forKey: nonce)
                refuse(batch, number)
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
            refuse(batch, number)
        case .deposed, .trimmed:
            for request in batch.requests { answer(request, outcome == .deposed ? .refused : .unknown, number) }
            tell("an append of member \(number) is settled: \(outcome == .deposed ? "deposed" : "trimmed")")
            if members[place].running?.writer == writer { elect(.stopped(.deposed), number) }
        }
    }

    /// Nothing of a batch is in the log, nor will be.
    mutating func refuse(_ batch: SimulatedMember.Batch?, _ number: Int) {
        guard let batch else { return }
        for request in batch.requests { answer(request, .refused, number) }
        if let former = batch.former, members[number - 1].running?.writer == batch.writer {
            members[number - 1].running?.engine?.takeBack(to: former)
        }
    }

    private mutating func takeDone(_ batch: SimulatedMember.Batch, _ entries: [LogEntry], _ number: Int) {
        let place = number - 1
        guard let last = entries.last, let keys = members[place].running?.keys else { return }
        let index = last.header.index
        for entry in entries {
            see(
                .appended(
                    AppendedEntry(
                        generation: entry.header.term.generation, index: entry.header.index,
                        epoch: entry.header.term.epoch,
                        member: number)))
        }
        if members[place].running?.writer == batch.writer { members[place].running?.engine?.appended() }
        if mistake == .answeredBeforeApplied {
            for told in batch.told { answer(told.request, .taken, number, job: told.job) }
        } else if !batch.told.isEmpty {
            members[place].running?.unacknowledged.append((index, last.header.term.generation, batch.told))
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
        for waiting in running.unacknowledged where waiting.index <= applied && waiting.generation == generation {
            for told in waiting.told { answer(told.request, .taken, number, job: told.job) }
        }
        members[place].running?.unacknowledged.removeAll { $0.index <= applied }
        if let opening = running.opening, let beganAt = running.beganAt, beganAt <= applied, opening.tail != nil {
            members[place].running?.opening = nil
            members[place].running?.beganAt = nil
            tell("member \(number) begins term \(opening.term) with entry \(beganAt)")
            beginDeciding(number)
            elect(.began(opening.term), number)
        }
    }

    private mutating func beginDeciding(_ number: Int) {
        guard let running = members[number - 1].running else { return }
        var engine = SimulatedEngine(members[number - 1].disk.jobs)
        if mistake == .blockOfNumbersKept, let former = running.formerEngine { engine.goOn(with: former) }
        running.engine = engine
    }

    mutating func answer(_ request: Int, _ verdict: Answered.Verdict, _ number: Int, job: Int? = nil) {
        tell("member \(number) answers request \(request): \(verdict)" + (job.map { ", job \($0)" } ?? ""))
        see(.answered(Answered(request: request, at: now, as: verdict, job: job)))
    }
}
