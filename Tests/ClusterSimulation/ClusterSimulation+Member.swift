import ClusterLog
import Values

/// The driver round a member's machines: what the daemon will do with tasks and sockets.
extension ClusterSimulation {
    /// Whether a member answers as the one that decides.
    func decides(_ member: SimulatedMember) -> Bool {
        guard let running = member.running else { return false }
        if mistake == .fencedByTimer { return running.engine != nil && running.opening == nil }
        return running.election.isMaster(at: member.clock(at: now))
    }

    /// How long members believe a lease to live.
    var believedLifetime: Duration { mistake == .leaseBelievedPastItsEnd ? Self.lifetime * 3 : Self.lifetime }

    func local(_ number: Int) -> Duration { members[number - 1].clock(at: now) }

    // MARK: What happens

    mutating func wake(_ number: Int) {
        let place = number - 1
        let local = local(number)
        elect(.due, number)
        vitalize(.due, number)
        guard let running = members[place].running, local >= running.tickAt else { return }
        members[place].running?.tickAt = local + .milliseconds(500)
        follow(.due, number)
        // More seldom than members do, so that more happens in between.
        let isOld = local >= running.lookedAt + .seconds(4)
        if running.isVacant || isOld { look(number) }
        if running.opening != nil { open(number) }
        announce(number)
    }

    /// After anything happened: begins what has become possible, and sets the alarm anew.
    mutating func settle(_ number: Int) {
        let place = number - 1
        guard members[place].running != nil else { return }
        beginTerm(number)
        appendGathered(number)
        guard let running = members[place].running else { return }
        noteCompleteness(running, at: local(number))
        let due = [running.election.nextDue, running.vitality.nextDue, running.tickAt].compactMap(\.self).min()
        let at = max(now + 1, members[place].time(of: due ?? running.tickAt))
        if running.alarmAt != at {
            members[place].running?.alarmAt = at
            queue.add(.alarm(member: number, life: members[place].life), at: at)
        }
    }

    /// As the board of a member has it.
    private func noteCompleteness(_ running: SimulatedMember.Running, at local: Duration) {
        // What is not of this log is never complete, however much of it there is.
        if running.vitality.quarantine != nil || running.follower.stop?.isDivergence ?? false {
            running.completeAt = nil
            return
        }
        let index = max(running.follower.applied.index, running.follower.followed?.index ?? 0)
        guard running.follower.keys == running.keys, let confirmed = running.vitality.confirmed,
            index >= confirmed.index
        else { return }
        running.completeAt = max(running.completeAt ?? confirmed.at, confirmed.at)
    }

    mutating func receive(_ message: SimulatedMessage, _ number: Int) {
        switch message {
        case .answer(let id, let answer):
            guard let purpose = members[number - 1].running?.requests[id] else { return }
            // A late answer to an append still counts; to anything else it does not.
            if case .append = purpose {} else { members[number - 1].running?.requests[id] = nil }
            take(answer, for: purpose, number)
        case .changes(let changes, let watch):
            guard members[number - 1].running?.watch == watch else { return }
            vitalize(.heard, number)
            members[number - 1].running?.heardAt = local(number)
            for change in changes { takeChange(change, number) }
        case .asksChanges(let other, let life, let question, let since, let isWhole, let generation):
            let answer = peerAnswer(number, since: since, isWhole: isWhole, generation: generation)
            guard members[other - 1].life == life else { return }
            send(.tellsChanges(question: question, answer), from: number, to: other)
        case .tellsChanges(let question, let answer):
            guard members[number - 1].running?.question == question else { return }
            takeState(answer, number)
        }
    }

    mutating func expire(_ id: Int, _ number: Int) {
        guard let purpose = members[number - 1].running?.requests[id] else { return }
        if case .append(let attempt, let writer) = purpose {
            if mistake == .readInsteadOfRepeating { return readInsteadOfRepeating(attempt, writer, number) }
            feed(.lost(attempt, jitter: random.next()), writer: writer, number)
        } else {
            members[number - 1].running?.requests[id] = nil
            take(.error, for: purpose, number)
        }
    }

    private mutating func take(_ answer: SimulatedAnswer, for purpose: SimulatedMember.Purpose, _ number: Int) {
        guard let running = members[number - 1].running else { return }
        switch (purpose, answer) {
        case (.append(let attempt, let writer), .done(let answer)):
            feed(.answered(attempt, mistaken(answer, attempt)), writer: writer, number)
        case (.append(let attempt, let writer), .noRoom): feed(.noRoom(attempt), writer: writer, number)
        case (.append(let attempt, let writer), _):
            feed(.lost(attempt, jitter: random.next()), writer: writer, number)
        case (.campaign(let call), .done(let answer)): elect(.campaigned(call, mistaken(answer)), number)
        case (.grant(let call), .granted(let id)):
            members[number - 1].disk.lease = id
            elect(.granted(call, lease: id), number)
        case (.keepAlive(let call), .kept(let isThere)): elect(.kept(call, isThere: isThere), number)
        case (.campaign(let call), _), (.grant(let call), _), (.keepAlive(let call), _): elect(.failed(call), number)
        case (.look(let own, let generation, let known, let asked), .done(let answer)):
            if generation == members[number - 1].running?.keys.generation, answer.revision < known {
                tell("member \(number) sees that etcd went back from revision \(known) to \(answer.revision)")
                if mistake != .revisionsNeverGoBack { elect(.wentBack, number) }
                members[number - 1].running?.revision = answer.revision
            }
            takeLook(answer, own, generation, asked: asked, number)
        case (.look, _): break
        case (.opening(let term), .done(let answer)): takeOpening(answer, term, number)
        case (.opening(let term), _):
            if members[number - 1].running?.opening?.term == term { open(number) }
        case (.range(let question), .range(let found, let oldest)):
            guard members[number - 1].running?.question == question else { return }
            follow(.read(found, oldest: oldest, hasMore: false), number)
        case (.range(let question), _):
            if members[number - 1].running?.question == question { follow(.failed, number) }
        case (.watch(let watch), .watching):
            guard members[number - 1].running?.watch == watch else { return }
            vitalize(.watchOpened, number)
            look(number)
        case (.watch, _): break
        case (.handOver(let term, let successor), .done(let answer)):
            guard answer.succeeded, running.election.term == term else { return }
            elect(.named(successor), number)
            elect(.stopped(.leaving), number)
        case (.handOver, _): break
        }
    }

    private mutating func takeChange(_ change: SimulatedEtcd.Change, _ number: Int) {
        guard let keys = members[number - 1].running?.follower.keys else { return }
        if change.key == keys.master { return seeMaster(change.value, change.revision, number) }
        if let node = keys.node(of: change.key) {
            return vitalize(.member(node, change.value.map { _ in .init(applied: 0, isReady: true) }), number)
        }
        guard let value = change.value else { return }
        if value.key == keys.next { return heed(value, looks: true, number) }
        if keys.index(of: value.key) != nil { takeEntry(value, number) }
    }

    func isGap(_ value: KeyValue, _ number: Int) -> Bool {
        guard let follower = members[number - 1].running?.follower, let index = follower.keys.index(of: value.key),
            let known = follower.known
        else { return false }
        return index > known.index + 1
    }

    private mutating func takeEntry(_ value: KeyValue, _ number: Int) {
        if isGap(value, number) {
            if mistake == .gapNotNoticed { return takeAsNext(value, number) }
            if mistake == .appliedBeforeItsTurn { applyAtOnce(value, number) }
        }
        follow(.event(value), number)
    }

    mutating func seeMaster(_ key: KeyValue?, _ revision: Int, _ number: Int) {
        members[number - 1].running?.isVacant = key == nil
        members[number - 1].running?.revision = max(revision, members[number - 1].running?.revision ?? 0)
        elect(.masterSeen(mistaken(key), revision: revision), number)
    }

    // MARK: Looking at etcd

    private mutating func look(_ number: Int) {
        guard let running = members[number - 1].running else { return }
        let follower = running.follower
        let (keys, local) = (follower.keys, local(number))
        members[number - 1].running?.lookedAt = local
        send(
            .transaction(
                .init(
                    success: [
                        .get(keys.format), .get(keys.master), .last(keys.entries), .get(keys.next),
                    ])), from: number,
            for: .look(own: follower.known, generation: keys.generation, known: running.revision, asked: local))
    }

    private mutating func takeLook(
        _ answer: TransactionAnswer, _ own: LogPlace?, _ generation: Int, asked: Duration, _ number: Int
    ) {
        guard let running = members[number - 1].running, running.follower.keys.generation == generation,
            answer.found.count == 4, let format = answer.found[0].first.flatMap({ LogFormat($0.value) })
        else { return }
        if format.generation != generation { return changeGeneration(format, number) }
        // Before it is known that the master is gone: who waits begins with that.
        if let next = answer.found[3].first { heed(next, looks: false, number) }
        seeMaster(answer.found[1].first, answer.revision, number)
        let tail = answer.found[2].first.flatMap { try? LogEntry(reading: $0.value).place } ?? format.base
        members[number - 1].running?.tail = tail
        vitalize(.tailRead(tail, own: own, asked: asked), number)
        follow(.tail(tail.index), number)
        guard let now = members[number - 1].running else { return }
        let may = now.vitality.mayCampaign(followed: now.follower.followed, tail: tail, isReady: true)
        elect(.candidacy(may ? .init(rank: number - 1, jitter: random.next()) : nil), number)
    }

    /// Who is named looks at once whether it has everything, so that it may go first.
    private mutating func heed(_ next: KeyValue, looks: Bool, _ number: Int) {
        guard let successor = Successor(next.value) else { return }
        elect(.named(successor), number)
        if looks, successor.node == number { look(number) }
    }

    mutating func changeGeneration(_ format: LogFormat, _ number: Int) {
        guard let running = members[number - 1].running, format.generation > running.follower.keys.generation
        else { return }
        tell("member \(number) finds etcd of generation \(format.generation)")
        elect(.stopped(.leaving), number)
        follow(.format(format), number)
        vitalize(.generationChanged, number)
        let keys = LogKeys(cluster: Self.cluster, generation: format.generation)
        members[number - 1].running?.election = Election(
            keys: keys, name: running.name, lifetime: believedLifetime)
        running.keys = keys
        (running.isVacant, running.tail, running.revision) = (true, nil, 0)
    }

    private mutating func announce(_ number: Int) {
        guard let running = members[number - 1].running, let lease = running.election.leaseID,
            running.tickAt.components.seconds % 2 == 0
        else { return }
        let put = Transaction.Operation.put(running.keys.member(number), value: [], lease: lease)
        send(.transaction(.init(success: [put])), from: number, for: nil)
    }
}
