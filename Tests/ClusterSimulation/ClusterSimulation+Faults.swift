import ClusterChecker
import ClusterLog
import Values

extension ClusterSimulation {
    mutating func writeFormat(_ format: LogFormat) {
        let put = Transaction.Operation.put(
            LogKeys(cluster: Self.cluster, generation: format.generation).format, value: format.bytes, lease: nil)
        _ = try? etcd.transact(Transaction(success: [put]), at: now)
        _ = etcd.takeChanges()
    }

    mutating func begin(_ fault: SimulationPlan.Fault, _ number: Int) {
        guard fault.member <= plan.members else { return }
        tell("*** \(fault)")
        let place = fault.member - 1
        switch fault.kind {
        case .crash: crash(fault.member)
        case .pause: members[place].isPaused = true
        case .cutOff: (members[place].isDeaf, members[place].isMute) = (true, true)
        case .deaf: members[place].isDeaf = true
        case .mute: members[place].isMute = true
        case .trim: trim()
        case .newEtcd: if members[place].running?.follower.known != nil { makeNewEtcd(from: fault.member) }
        case .rollback: putBack(by: fault.lasts)
        case .diskFull: members[place].fillings += 1
        case .minority: members[place].separations += 1
        case .handOver: handOver(to: fault.member)
        case .full:
            etcd.isFull = true
            faults[.full, default: 0] += 1
        case .leaderChange, .loss, .slow, .blindWatch: faults[fault.kind, default: 0] += 1
        }
        if fault.isLasting { queue.add(.faultEnds(number), at: now + fault.lasts) }
    }

    mutating func end(_ fault: SimulationPlan.Fault) {
        tell("*** over: \(fault)")
        let place = fault.member - 1
        switch fault.kind {
        case .crash: if members[place].running == nil { start(fault.member) }
        case .pause:
            members[place].isPaused = false
            for event in held.removeValue(forKey: fault.member) ?? [] { queue.add(event, at: now) }
            // Alarms that were missed are due at once.
            if let running = members[place].running {
                let at = max(now, running.alarmAt ?? now)
                running.alarmAt = at
                queue.add(.alarm(member: fault.member, life: members[place].life), at: at)
            }
        case .cutOff: (members[place].isDeaf, members[place].isMute) = (false, false)
        case .deaf: members[place].isDeaf = false
        case .mute: members[place].isMute = false
        case .leaderChange, .loss, .slow, .blindWatch, .full:
            let rest = (faults[fault.kind] ?? 1) - 1
            faults[fault.kind] = rest > 0 ? rest : nil
            if fault.kind == .leaderChange, rest == 0 { etcd.restartLeases(at: now) }
            if fault.kind == .full, rest == 0 { etcd.isFull = false }
        case .diskFull: members[place].fillings -= 1
        case .minority:
            members[place].separations -= 1
            if members[place].separations == 0 { catchUpWatch(of: fault.member) }
        case .trim, .newEtcd, .rollback, .handOver: break
        }
    }

    private mutating func trim() {
        let keys = LogKeys(cluster: Self.cluster, generation: generation)
        for entry in etcd.range(keys.entries, from: "").dropLast(3) { etcd.delete(entry.key) }
        publish()
    }

    /// As somebody does after etcd was lost: from the state of a member they choose. That member takes nothing of the former
    /// etcd from then on, or nobody would have the base and nothing more.
    private mutating func makeNewEtcd(from number: Int) {
        guard members[number - 1].running != nil, !members[number - 1].isPaused, members[number - 1].fillings == 0
        else { return }
        while members[number - 1].running?.applying != nil { becomeDurable(number) }
        let disk = members[number - 1].disk
        generation += 1
        etcd = SimulatedEtcd()
        watchers = []
        snapshots = []
        warnedAt = nil
        see(
            .founded(
                FoundedEtcd(
                    generation: generation, behind: disk.applied.index, chain: disk.applied.chain.text)))
        let format = LogFormat(generation: generation, base: disk.applied)
        writeFormat(format)
        tell("etcd of generation \(generation) goes on behind entry \(disk.applied.index)")
        members[number - 1].disk.generation = generation
        changeGeneration(format, number)
    }

    /// As it happens to who restores a machine: etcd is what it was, its revisions too, and nobody is told.
    private mutating func putBack(by age: Int) {
        guard let snapshot = snapshots.last(where: { $0.at <= now - age })?.etcd else { return }
        let before = newestEntry
        etcd = snapshot
        wasPutBack = true
        etcd.restartLeases(at: now)
        etcd.isFull = faults[.full] != nil
        watchers = []
        snapshots.removeAll { $0.at > now - age }
        tell("etcd is back at entry \(newestEntry), entry \(before) was its newest")
        see(.wentBack(LostEntries(generation: generation, to: newestEntry)))
    }

    private var newestEntry: Int {
        let keys = LogKeys(cluster: Self.cluster, generation: generation)
        if let last = etcd.range(keys.entries, from: "").last { return keys.index(of: last.key) ?? 0 }
        return etcd.keys[keys.format].flatMap { LogFormat($0.value) }?.base.index ?? 0
    }

    /// Some time after somebody was told that etcd went back, a new one is made from the member that knows most.
    mutating func lookAfter() {
        queue.add(.operatorLooks, at: now + 1_000)
        guard let warnedAt, now >= max(warnedAt, plan.calmAt) + 3_000 else { return }
        let best = members.filter { $0.running != nil }.max { left, right in
            (left.disk.generation, left.disk.applied.index) < (right.disk.generation, right.disk.applied.index)
        }
        if let best { makeNewEtcd(from: best.number) }
    }

    /// Whoever decides names who may go first, and stops when that is known.
    private mutating func handOver(to number: Int) {
        for member in members where !member.isPaused && member.number != number && decides(member) {
            guard let running = member.running, let term = running.election.term else { continue }
            let successor = Successor(node: number, epoch: term.epoch)
            send(
                .transaction(successor.transaction(running.keys)), from: member.number, for: .handOver(term, successor))
        }
    }

    mutating func start(_ number: Int) {
        let place = number - 1
        let member = members[place]
        let local = member.clock(at: now)
        let keys = LogKeys(cluster: Self.cluster, generation: member.disk.generation)
        let name = MasterKey(node: number, address: "10.0.0.\(number)", port: 20_003, since: .init(milliseconds: now))
        members[place].running = SimulatedMember.Running(
            keys: keys, name: name, election: Election(keys: keys, name: name, lifetime: believedLifetime),
            vitality: Vitality(node: number, members: Set(1...plan.members), at: local),
            follower: Follower(keys: keys, levels: 1...1, applied: member.disk.applied, term: member.disk.term),
            tickAt: local)
        if let lease = member.disk.lease { send(.revoke(lease), from: number, for: nil) }
        act(.reconnect, number)
        wake(number)
        settle(number)
    }

    /// What was being made durable may be there afterwards, or not.
    private mutating func crash(_ number: Int) {
        let place = number - 1
        if members[place].running?.applying != nil, chance(1, of: 2) { becomeDurable(number) }
        members[place].running = nil
        members[place].life += 1
        held[number] = nil
        if members[place].isPaused { members[place].isPaused = false }
    }
}
