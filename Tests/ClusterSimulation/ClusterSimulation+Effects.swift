import ClusterChecker
import ClusterLog
import Values

/// What the machines of a member say, and what becomes of it.
extension ClusterSimulation {
    mutating func elect(_ input: Election.Input, _ number: Int) {
        let local = local(number)
        let effects = members[number - 1].running?.election.handle(input, at: local) ?? []
        for effect in effects {
            switch effect {
            case .grant(let call):
                requests += 1
                send(.grant(requests * 10 + number % 10), from: number, for: .grant(call))
            case .keepAlive(let call, let lease): send(.keepAlive(lease), from: number, for: .keepAlive(call))
            case .revoke(let lease): send(.revoke(lease), from: number, for: nil)
            case .campaign(let call, let transaction):
                send(.transaction(transaction), from: number, for: .campaign(call))
            case .begin(let term):
                tell("member \(number) is elected for term \(term)")
                members[number - 1].running?.opening = (term, nil, 0)
                open(number)
            case .end(let term, let reason): endTerm(term, reason, number)
            }
        }
    }

    private mutating func endTerm(_ term: Term, _ reason: Election.Reason, _ number: Int) {
        tell("term \(term) of member \(number) ends: \(reason)")
        guard let running = members[number - 1].running else { return }
        for request in running.gathered { answer(request.number, .refused, number) }
        let writer = running.writer
        (running.formerEngine, running.engine) = (running.engine ?? running.formerEngine, nil)
        (running.gathered, running.opening, running.writer, running.beganAt) = ([], nil, nil, nil)
        if let writer { feed(.fenced, writer: writer, number) }
    }

    mutating func vitalize(_ input: Vitality.Input, _ number: Int) {
        let local = local(number)
        let effects = members[number - 1].running?.vitality.handle(input, at: local) ?? []
        for effect in effects { act(effect, number) }
    }

    mutating func act(_ effect: Vitality.Effect, _ number: Int) {
        switch effect {
        case .reconnect:
            let watch = (members[number - 1].running?.watch ?? 0) + 1
            members[number - 1].running?.watch = watch
            send(.watch(number: watch), from: number, for: .watch(number: watch))
        case .readTail: members[number - 1].running?.isVacant = true
        case .quarantine(let cause):
            if mistake == .lossTakenAsTruth { return takeLossAsTruth(number) }
            tell("member \(number) is in quarantine: \(cause)")
            warn(number)
            elect(.candidacy(nil), number)
            elect(.stopped(.deposed), number)
        }
    }

    // MARK: Following

    mutating func follow(_ input: Follower.Input, _ number: Int) {
        let effects = members[number - 1].running?.follower.handle(input) ?? []
        for effect in effects {
            switch effect {
            case .apply(let change):
                members[number - 1].running?.applying = change
                let wait = chance(1, of: 30) ? delay(100...800) : delay(1...15)
                queue.add(.durable(member: number, life: members[number - 1].life), at: now + wait)
            case .read(let index):
                let question = nextQuestion(number)
                guard let keys = members[number - 1].running?.follower.keys else { return }
                send(.range(keys, from: index), from: number, for: .range(question: question))
            case .askChanges(let place): askPeer(since: place, isWhole: false, number)
            case .setAside:
                if mistake == .formerGenerationKept { return keepFormerGeneration(number) }
                askPeer(since: .start, isWhole: true, number)
            case .stop(let stop):
                if mistake == .lossTakenAsTruth { return takeLossAsTruth(number) }
                tell("member \(number) follows no more: \(stop)")
                warn(number)
            }
        }
    }

    private mutating func nextQuestion(_ number: Int) -> Int {
        members[number - 1].running?.question += 1
        return members[number - 1].running?.question ?? 0
    }

    private mutating func askPeer(since place: LogPlace, isWhole: Bool, _ number: Int) {
        let question = nextQuestion(number)
        guard let keys = members[number - 1].running?.follower.keys else { return }
        let other = (number - 1 + delay(1...(plan.members - 1))) % plan.members + 1
        let what = isWhole ? "its state" : "what changed since entry \(place.index)"
        tell("member \(number) asks member \(other) for \(what)")
        let life = members[number - 1].life
        send(
            .asksChanges(
                of: number, life: life, question: question, since: place, isWhole: isWhole,
                generation: keys.generation), from: number, to: other)
        // That no answer comes is told as any other failure.
        requests += 1
        members[number - 1].running?.requests[requests] = .range(question: question)
        queue.add(.expired(id: requests, member: number, life: life), at: now + 1_500)
    }

    func peerAnswer(_ number: Int, since: LogPlace, isWhole: Bool, generation: Int) -> PeerAnswer {
        guard let running = members[number - 1].running, running.follower.keys.generation == generation,
            running.follower.known != nil, running.vitality.quarantine == nil
        else { return .notNow }
        let disk = members[number - 1].disk
        if isWhole { return .state(disk) }
        guard disk.applied.index > since.index else { return .notNow }
        return disk.chains[since.index] == since.chain ? .state(disk) : .noPrefix
    }

    mutating func takeState(_ answer: PeerAnswer, _ number: Int) {
        switch answer {
        case .notNow: follow(.failed, number)
        case .noPrefix: follow(.noPrefix, number)
        case .state(let disk):
            if members[number - 1].fillings > 0 { return follow(.failed, number) }
            members[number - 1].running?.question += 1
            members[number - 1].disk.replace(by: disk)
            noteState(number)
            follow(.changed(to: disk.applied, term: disk.term), number)
            acknowledge(number)
        }
    }

    /// The change on its way to the disk is there, or finds no room.
    mutating func becomeDurable(_ number: Int) {
        let place = number - 1
        guard let change = members[place].running?.applying, let last = change.entries.last,
            let first = change.entries.first?.header.index
        else { return }
        if members[place].fillings > 0, mistake != .skippedWithoutRoom { return findNoRoom(number) }
        members[place].running?.applying = nil
        if members[place].fillings == 0 {
            members[place].disk.jobs.apply(change.payload, checksKeys: mistake == .keysCheckedWhenApplied)
        }
        members[place].disk.generation = members[place].running?.follower.keys.generation ?? 1
        members[place].disk.applied = change.place
        members[place].disk.term = last.header.term
        members[place].disk.chains[change.place.index] = change.place.chain
        see(
            .applied(
                AppliedChange(
                    member: number, generation: last.header.term.generation, first: first, index: change.place.index,
                    chain: change.place.chain.text, state: members[place].disk.jobs.digest)))
        follow(.applied(change.place), number)
        acknowledge(number)
    }

    /// What is decided is decided: somebody with room carries it on. This member tries again until it has room.
    private mutating func findNoRoom(_ number: Int) {
        elect(.candidacy(nil), number)
        elect(.stopped(.cannotApply), number)
        queue.add(.durable(member: number, life: members[number - 1].life), at: now + 200)
    }

    /// The state on a disk is another one than what the log was applied to before.
    mutating func noteState(_ number: Int) {
        let disk = members[number - 1].disk
        see(
            .adopted(
                AdoptedState(
                    member: number, index: disk.applied.index, chain: disk.applied.chain.text, state: disk.jobs.digest))
        )
    }

    private mutating func warn(_ number: Int) {
        guard let generation = members[number - 1].running?.follower.keys.generation else { return }
        see(.said(Warning(member: number, generation: generation)))
        warnedAt = warnedAt ?? now
    }
}

extension SimulatedJobs.Fact {
    /// What a judge needs to know of it.
    var seen: HistoryFact? {
        switch self {
        case .job(let number, let request, let key): .job(number, request: request, key: key.map(String.init))
        case .revision(let number, let base): .revision(number, on: base)
        case .keysFree(let last): .keysFree(upTo: last)
        case .numbers: nil
        }
    }
}
