import ClusterChecker
import ClusterLog

/// What a member asks of etcd.
enum SimulatedRequest {
    case transaction(Transaction)
    case grant(Int)
    case keepAlive(Int)
    case revoke(Int)
    case range(LogKeys, from: Int)
    /// What is there now, and then what happens.
    case watch(number: Int)
}

/// What reaches a member.
enum SimulatedMessage {
    case answer(Int, SimulatedAnswer)
    case changes([SimulatedEtcd.Change], watch: Int)
    case asksChanges(of: Int, life: Int, question: Int, since: LogPlace, isWhole: Bool, generation: Int)
    case tellsChanges(question: Int, PeerAnswer)

    /// Stands for its kind.
    var number: Int {
        switch self {
        case .answer(_, let answer): answer.number
        case .changes: 1
        case .asksChanges: 2
        case .tellsChanges: 3
        }
    }
}

enum PeerAnswer {
    case state(SimulatedMember.Disk)
    case noPrefix
    case notNow
}

enum SimulatedAnswer {
    case done(TransactionAnswer)
    case noRoom
    case error
    case granted(Int)
    case kept(Bool)
    case range([KeyValue], oldest: Int?)
    case watching

    var number: Int {
        switch self {
        case .done(let answer): answer.succeeded ? 10 : 11
        case .noRoom: 12
        case .error: 13
        case .granted: 14
        case .kept: 15
        case .range: 16
        case .watching: 17
        }
    }
}

extension ClusterSimulation {
    private var isLossy: Bool { faults[.loss] != nil }

    private mutating func isLost() -> Bool { now < plan.calmAt && chance(isLossy ? 33 : 1, of: 100) }

    // MARK: To etcd

    mutating func send(_ request: SimulatedRequest, from number: Int, for purpose: SimulatedMember.Purpose?) {
        requests += 1
        let (id, life) = (requests, members[number - 1].life)
        if let purpose {
            members[number - 1].running?.requests[id] = purpose
            queue.add(.expired(id: id, member: number, life: life), at: now + 1_000)
        }
        guard !members[number - 1].isMute, !isLost() else { return }
        // A member of etcd that was stopped forwards what is in its socket when it goes on.
        let wait = faults[.slow] != nil && chance(1, of: 3) ? delay(500...9_000) : delay(1...10)
        queue.add(.request(request, id: id, member: number, life: life), at: now + wait)
    }

    /// What etcd does with a request, whether or not its sender still lives.
    mutating func serve(_ request: SimulatedRequest, id: Int, member number: Int, life: Int) {
        guard faults[.leaderChange] == nil, members[number - 1].separations == 0 else { return }
        note(20, number)
        let answer = answer(request, number, life)
        publish()
        reply(answer, id: id, to: number, life)
        if chance(3, of: 100) { reply(answer, id: id, to: number, life) }
    }

    private mutating func reply(_ answer: SimulatedAnswer, id: Int, to number: Int, _ life: Int) {
        guard !members[number - 1].isDeaf, !isLost() else { return }
        queue.add(.message(.answer(id, answer), member: number, life: life), at: now + delay(1...10))
    }

    private mutating func answer(_ request: SimulatedRequest, _ number: Int, _ life: Int) -> SimulatedAnswer {
        do {
            switch request {
            case .transaction(let transaction):
                let answer = try etcd.transact(transaction, at: now)
                if answer.succeeded { record(transaction, number) }
                return .done(answer)
            case .grant(let id):
                try etcd.grant(id, lifetime: Int(Self.lifetime / .milliseconds(1)), at: now)
                return .granted(id)
            case .keepAlive(let id): return .kept(etcd.keepAlive(id, at: now))
            case .revoke(let id):
                etcd.revoke(id)
                return .watching
            case .range(let keys, let index):
                let found = etcd.range(keys.entries, from: keys.entry(index))
                let oldest = etcd.range(keys.entries, from: "").first.flatMap { keys.index(of: $0.key) }
                return .range(found, oldest: oldest)
            case .watch(let watch):
                watchers.removeAll { $0.member == number }
                watchers.append(Watcher(member: number, life: life, number: watch, lastAt: now))
                return .watching
            }
        } catch is SimulatedEtcd.NoRoom {
            return .noRoom
        } catch {
            return .error
        }
    }

    /// Notes what was written to the log, for whoever judges.
    private mutating func record(_ transaction: Transaction, _ number: Int) {
        let keys = LogKeys(cluster: Self.cluster, generation: generation)
        for case .put(let key, let value, _) in transaction.success {
            guard let index = keys.index(of: key) else { continue }
            see(stored(value, at: index))
            tell("etcd has entry \(index) of member \(number): \(words(value))")
        }
    }

    /// What everybody will make of an entry; the whole batch counts with its last piece.
    private mutating func stored(_ value: [UInt8], at index: Int) -> HistoryEvent {
        let content = ChainValue(of: value).text
        guard let entry = try? LogEntry(reading: value) else {
            return .stored(StoredEntry(generation: generation, index: index, epoch: 0, content: content))
        }
        let header = entry.header
        pieces[header.nonce, default: [:]][header.piece] = entry.payload
        var facts: [HistoryFact] = []
        if !header.hasMore {
            let payload = (0...header.piece).flatMap { pieces[header.nonce]?[$0] ?? [] }
            facts = SimulatedJobs.facts(in: payload).compactMap(\.seen)
        }
        return .stored(
            StoredEntry(
                generation: generation, index: index, epoch: header.term.epoch, content: content, more: header.hasMore,
                facts: facts))
    }

    private func words(_ value: [UInt8]) -> String {
        guard let entry = try? LogEntry(reading: value) else { return "?" }
        let text = String(decoding: entry.payload, as: UTF8.self)
        return "term \(entry.header.term), " + (text.isEmpty ? "the first of its term" : "\"\(text)\"")
            + (entry.header.hasMore ? " and more" : "")
    }

    // MARK: Watches

    /// Tells watches what happened in etcd.
    mutating func publish() {
        let changes = etcd.takeChanges()
        if changes.isEmpty { return }
        for place in watchers.indices {
            if members[watchers[place].member - 1].separations > 0 {
                watchers[place].withheld += changes
            } else if faults[.blindWatch] == nil {
                send(changes, to: place)
            } else {
                send(changes.filter { _ in chance(2, of: 3) }, to: place)
            }
        }
    }

    /// The member of etcd beside a member of the cluster hears what happened meanwhile, and tells it.
    mutating func catchUpWatch(of number: Int) {
        for place in watchers.indices where watchers[place].member == number && !watchers[place].withheld.isEmpty {
            send(watchers[place].withheld, to: place)
            watchers[place].withheld = []
        }
    }

    /// Tells one watch, in order; with nothing it is told that there was nothing.
    mutating func send(_ changes: [SimulatedEtcd.Change], to place: Int) {
        let watcher = watchers[place]
        guard watcher.isOpen, members[watcher.member - 1].life == watcher.life else { return }
        if members[watcher.member - 1].isDeaf {
            // What is not delivered breaks the connection, and nobody is told.
            watchers[place].isOpen = false
            return
        }
        watchers[place].lastAt = max(watcher.lastAt, now + delay(1...15))
        queue.add(
            .message(.changes(changes, watch: watcher.number), member: watcher.member, life: watcher.life),
            at: watchers[place].lastAt)
    }

    // MARK: Between members

    mutating func send(_ message: SimulatedMessage, from number: Int, to other: Int) {
        guard !members[number - 1].isMute, !members[other - 1].isDeaf, !isLost() else { return }
        queue.add(.message(message, member: other, life: members[other - 1].life), at: now + delay(1...30))
    }
}
