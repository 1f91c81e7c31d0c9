import ClusterLog
import JobEngine
import Waiting

/// What is heard of etcd: by the watch, and by looking at what a watch may have missed.
extension ClusterMember {
    /// The watch that is open, or is being opened.
    struct Watching {
        var number = 0
        /// Answered when the watch is not wanted any more.
        var isGivenUp = Waiter<Void>()
        /// What went on before it was opened is known, so what it tells is all there is.
        var isComplete = false
        var reopenAt: Duration?
        /// When members' keys were seen last, by node, as revisions.
        var seen: [Int: Int] = [:]
    }

    /// What was looked at.
    struct Looking {
        var isAsked = false
        /// Something happened since that was asked, after which it is asked again at once.
        var isWanted = false
        /// The newest entry it found was not applied here yet.
        var isAhead = false
        var at: Duration?
        var isVacant = true
        var masterSeenAt = 0
        /// Of etcd, by the last look.
        var revision = 0
        var tail: LogPlace?

        func isDue(at now: Duration) -> Bool {
            // What is due is seen to with the next tick.
            isVacant || at.map { now >= $0 + Vitality.confirmation - ClusterMember.tick } ?? true
        }
    }

    func vitalize(_ input: Vitality.Input) {
        for effect in vitality.handle(input, at: now) {
            switch effect {
            case .reconnect: openWatch()
            case .readTail: looking.at = nil
            case .quarantine:
                // It is told by the view, and to others at once.
                elect(.candidacy(nil))
                if election.term != nil { elect(.stopped(.cannotApply)) }
                announce()
            }
        }
    }

    // MARK: The watch

    /// Opens a watch, at whichever member of etcd, in place of the one before.
    func openWatch() {
        watching.isGivenUp.resume(returning: ())
        let (number, isGivenUp, prefix) = (watching.number + 1, Waiter<Void>(), keys.all)
        watching = Watching(number: number, isGivenUp: isGivenUp)
        begin { [ports] in
            await withTaskGroup { group in
                group.addTask {
                    // Why it ended is the same as any other reason: another one is opened.
                    do {
                        for try await notice in ports.etcd.watch(prefix: prefix, from: nil) {
                            await self.hear(notice, of: number)
                        }
                    } catch {}
                }
                group.addTask { await isGivenUp.answer(whenCancelled: ()) }
                _ = await group.next()
                group.cancelAll()
            }
            await self.watchEnded(number)
        }
    }

    private func watchEnded(_ number: Int) {
        guard !isStopped, number == watching.number else { return }
        watching.reopenAt = now + .milliseconds(100 + Int(ports.random.next() % 400))
        settle()
    }

    private func hear(_ notice: WatchNotice, of number: Int) {
        guard !isStopped, number == watching.number else { return }
        if case .opened = notice {
            look(of: number)
            readMembers(of: number)
        } else if watching.isComplete {
            vitalize(.heard)
        }
        // That what was heard ended it is possible.
        if number == watching.number { take(notice) }
        settle()
    }

    private func take(_ notice: WatchNotice) {
        switch notice {
        case .opened, .progress: break
        case .put(let key, let revision):
            if key.key == keys.format {
                if let format = LogFormat(key.value) { changeGeneration(format) }
            } else if key.key == keys.master {
                seeMaster(key, revision)
            } else if key.key == keys.next {
                heed(key)
                // Who is named has to know that it has everything, to go first.
                if Successor(key.value)?.node == settings.node { lookAtOnce() }
            } else if let node = keys.node(of: key.key) {
                see(node, MemberKey(key.value), at: revision)
            } else {
                follow(.event(key))
            }
        case .deleted(let key, let revision):
            if key == keys.master {
                seeMaster(nil, revision)
                // Whether this node may follow is not to wait for the next look.
                lookAtOnce()
            }
            if let node = keys.node(of: key) { see(node, nil, at: revision) }
        }
    }

    // MARK: Members

    private func see(_ node: Int, _ key: MemberKey?, at revision: Int) {
        guard revision >= watching.seen[node] ?? 0 else { return }
        watching.seen[node] = revision
        view.present[node] = key
        vitalize(.member(node, key?.member))
    }

    /// Reads who is there. A watch tells nothing of what was before it, and nothing new at a member of etcd that is cut off.
    ///
    /// - Parameter watch: The watch that was opened right before it.
    func readMembers(of watch: Int? = nil) {
        let (first, end, number) = (keys.members, keys.afterMembers, watching.number)
        ask({ (etcd) throws(EtcdError) in try await etcd.range(from: first, before: end, limit: 1_000) }) {
            member, result in
            guard number == member.watching.number, first == member.keys.members else { return }
            guard case .success(let range) = result else { return watch == nil ? () : member.giveUpWatch() }
            let found = range.found.compactMap { key in member.keys.node(of: key.key).map { ($0, MemberKey(key.value)) }
            }
            let known = Dictionary(found) { first, _ in first }
            for node in Set(known.keys).union(member.view.present.keys) {
                member.see(node, known[node] ?? nil, at: range.revision)
            }
        }
    }

    /// One that tells what goes on, but not from when on, is none.
    private func giveUpWatch() { watching.isGivenUp.resume(returning: ()) }

    // MARK: Looking

    /// Looks as soon as that tells what is now: behind a look that is on its way, which may have been asked before.
    private func lookAtOnce() {
        if looking.isAsked {
            looking.isWanted = true
        } else {
            look()
        }
    }

    /// Reads who decides and the newest entry, as etcd reads them for all its members.
    ///
    /// - Parameter watch: The watch that was opened right before it, which tells all there is from here on.
    func look(of watch: Int? = nil) {
        guard !looking.isAsked || watch != nil else { return }
        let (keys, asked) = (keys, now)
        (looking.isAsked, looking.at) = (true, asked)
        let own = follower.keys == keys ? follower.known : nil
        let revision = looking.revision
        let question = Transaction(
            success: [.get(keys.format), .get(keys.master), .last(keys.entries), .get(keys.next)])
        ask({ (etcd) throws(EtcdError) in try await etcd.transact(question) }) { member, result in
            member.looking.isAsked = false
            if case .success(let answer) = result, keys == member.keys, answer.revision < revision {
                member.etcdWentBack()
            }
            let isTaken = member.take((try? result.get()), in: keys, own: own, asked: asked)
            if member.looking.isWanted {
                member.looking.isWanted = false
                member.look()
            }
            guard let watch, watch == member.watching.number else { return }
            guard isTaken else { return member.giveUpWatch() }
            if !member.watching.isComplete {
                member.watching.isComplete = true
                member.vitalize(.watchOpened)
            }
        }
    }

    /// A former etcd of this generation was put back: what it says counts, although its revisions are lower.
    private func etcdWentBack() {
        (looking.masterSeenAt, looking.revision, watching.seen) = (0, 0, [:])
        elect(.wentBack)
    }

    /// - Returns: Whether it could be read, and is of the generation that is followed.
    private func take(_ answer: TransactionAnswer?, in keys: LogKeys, own: LogPlace?, asked: Duration) -> Bool {
        guard keys == self.keys, let answer, answer.found.count == 4,
            let format = answer.found[0].first.flatMap({ LogFormat($0.value) })
        else { return false }
        guard format.generation == generation else {
            changeGeneration(format)
            return false
        }
        looking.revision = answer.revision
        // Before it is known that the master is gone: who waits begins to wait with that.
        if let next = answer.found[3].first { heed(next) }
        seeMaster(answer.found[1].first, answer.revision)
        let tail = answer.found[2].first.flatMap { try? LogEntry(reading: $0.value).place } ?? format.base
        looking.tail = tail
        vitalize(.tailRead(tail, own: own, asked: asked))
        follow(.tail(tail.index))
        stand(with: tail)
        return true
    }

    /// Goes by what a look found as soon as it is applied, not with the next one: who is named to decide is waited for.
    func standWhenApplied() {
        guard looking.isAhead, let tail = looking.tail, follower.followed == tail else { return }
        stand(with: tail)
    }

    /// Tells the election whether this node may be elected, by the newest entry there is.
    private func stand(with tail: LogPlace) {
        let followed = follower.followed
        looking.isAhead = followed != tail
        let may = vitality.mayCampaign(
            followed: followed, tail: tail, isReady: isReady && view.obstacle == nil && !isStopped)
        // Less than what lies between two ranks, so that two nodes that know each other do not meet.
        let jitter = ports.random.next() % 100
        elect(.candidacy(may ? Election.Candidacy(rank: rank, jitter: jitter) : nil))
    }

    private func heed(_ next: KeyValue) {
        if let successor = Successor(next.value) { elect(.named(successor)) }
    }

    /// Another etcd was made from the state of some member.
    private func changeGeneration(_ format: LogFormat) {
        guard format.generation > generation else { return }
        elect(.stopped(.leaving))
        generation = format.generation
        election = Self.election(keys, settings, by: ports.time)
        (looking, announced) = (Looking(), Announced())
        (view.master, view.present) = (nil, [:])
        follow(.format(format))
        vitalize(.generationChanged)
    }
}
