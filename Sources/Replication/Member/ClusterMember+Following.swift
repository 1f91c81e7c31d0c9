import Access
import ClusterLog
import JobEngine

/// What the follower asks for: entries are read and applied, and what the log does not keep is had from others.
extension ClusterMember {
    /// What another member is asked for.
    struct CatchingUp {
        /// Reads and calls are counted: only the answer to the last one counts.
        var question = 0
        var isAsking = false
        /// The generation became another one while somebody was asked.
        var isStale = false
    }

    /// So many entries are read at once.
    private static let page = 32
    /// A state that cannot take what was decided is tried again so often.
    private static let patience = Duration.seconds(1)

    func follow(_ input: Follower.Input) {
        for effect in follower.handle(input) {
            switch effect {
            case .apply(let change): apply(change)
            case .read(let index): read(from: index)
            case .askChanges(let place): catchUp(since: place)
            case .setAside: catchUp(since: nil)
            // It is told by the view.
            case .stop:
                elect(.candidacy(nil))
                if election.term != nil { elect(.stopped(.cannotApply)) }
            }
        }
    }

    private func read(from index: Int) {
        catching.question += 1
        let (question, keys) = (catching.question, follower.keys)
        ask({ (etcd) throws(EtcdError) in
            try await etcd.range(from: keys.entry(index), before: keys.afterEntries, limit: Self.page)
        }) { member, result in
            guard question == member.catching.question else { return }
            // What the log does not keep any more is missing before the first one that was found.
            let range = try? result.get()
            member.follow(range.map { .read($0.found, oldest: nil, hasMore: $0.hasMore) } ?? .failed)
        }
    }

    // MARK: Applying

    /// What became of a change.
    private enum Applied: Sendable {
        case done([ReplicatedRecord])
        case refused(MemberView.Obstacle)
    }

    private func apply(_ change: LogChange) {
        guard let first = change.entries.first, let last = change.entries.last else { return }
        let own = appending.groups[first.header.nonce]
        let (former, entry) = (follower.applied, AppliedEntry(change.place, term: last.header.term))
        begin { [ports] in
            while !Task.isCancelled {
                let result = await Self.perform(change, own, after: former, upTo: entry, on: ports.state)
                guard await self.take(result, of: change) else { return }
                await ports.time.sleep(until: ports.time.monotonic + Self.patience)
            }
        }
    }

    /// - Parameter own: What this node appended under the nonce of the change.
    private static func perform(
        _ change: LogChange, _ own: Appending.Group?, after former: LogPlace, upTo entry: AppliedEntry,
        on state: any ReplicatedState
    ) async -> Applied {
        let records: [ReplicatedRecord]
        do throws(ReplicatedBatchError) {
            let payload = change.payload
            // As it is told, also where it was appended: not all of a record is, and all nodes come to the same.
            if let known = own?.records(of: payload) {
                records = known
            } else {
                records = try ReplicatedBatch.records(in: payload)
            }
        } catch {
            return .refused(.unreadable("\(error)", at: change.place.index))
        }
        do throws(StoreError) {
            try await state.apply(records, audit: own?.audit ?? [], after: former, upTo: entry)
            return .done(records)
        } catch {
            if case .full(let text) = error { return .refused(.noRoom(text)) }
            // Nobody knows whether it is there.
            let isThere = (try? await state.applied()).map { $0 == entry } ?? false
            return isThere ? .done(records) : .refused(.store("\(error)"))
        }
    }

    /// - Returns: Whether to try again.
    private func take(_ result: Applied, of change: LogChange) -> Bool {
        if isStopped { return false }
        defer { settle() }
        switch result {
        case .done(let records):
            view.obstacle = nil
            trimming.note(change)
            // Before whoever appended it hears of it: a term that begins is told what was before it.
            let isOwn = change.entries.last?.header.node == settings.node
            news.tell(
                StateNews(of: records, index: change.place.index, isOwn: isOwn),
                size: change.entries.reduce(0) { $0 + $1.bytes.count })
            if let nonce = change.entries.first?.header.nonce { appending.groups[nonce]?.isApplied = true }
            follow(.applied(change.place))
            if let level = records.lastLevel { take(level: level) }
            return false
        case .refused(let obstacle):
            view.obstacle = obstacle
            // What is decided is decided: somebody else carries it on.
            if election.term != nil { elect(.stopped(.cannotApply)) }
            elect(.candidacy(nil))
            appending.giveUp(change, "\(obstacle)")
            if case .unreadable = obstacle { return false }
            return true
        }
    }

    /// Takes what may stand in the log from here on. What is on its way to it was decided before, and says so.
    private func take(level: Int) {
        view.level = level
        appending.write(at: level)
        follow(.level(level))
        // Before whoever raised it hears of that, and acts by it.
        publish()
    }

    // MARK: What the log does not keep

    private func catchUp(since place: LogPlace?) {
        // What is on its way changes the state whatever its answer is worth by then.
        if catching.isAsking {
            catching.isStale = true
            return
        }
        catching.question += 1
        (catching.isAsking, catching.isStale) = (true, false)
        let generation = follower.keys.generation
        begin { [ports] in
            let answer = await ports.peers.catchUp(since: place, generation: generation)
            await self.take(answer, level: try? await ports.state.level())
        }
    }

    /// - Parameter level: What may stand in the log by the state there is now; `nil` when it cannot be read.
    private func take(_ answer: CatchUp, level: Int?) {
        if isStopped { return }
        catching.isAsking = false
        if catching.isStale { return restart() }
        switch answer {
        case .changed(let entry):
            news.tell(StateNews(leapTo: entry.place.index))
            follow(.changed(to: entry.place, term: entry.term))
            if let level { take(level: level) }
        case .noPrefix: follow(.noPrefix)
        case .failed: follow(.failed)
        }
        settle()
    }

    /// Begins anew from what the state is, as a start does.
    private func restart() {
        catching.isStale = false
        begin { [ports] in
            guard let applied = try? await ports.state.applied(), let level = try? await ports.state.level() else {
                await ports.time.sleep(until: ports.time.monotonic + Self.patience)
                await self.restart()
                return
            }
            await self.begin(at: applied, level: level)
        }
    }

    private func begin(at applied: AppliedEntry, level: Int) {
        if isStopped { return }
        let former = LogKeys(cluster: settings.cluster, generation: max(1, applied.term.generation))
        follower = Follower(keys: former, levels: settings.levels, applied: applied.place, term: applied.term)
        // The next look finds the generation there is, as at a start.
        catching.question += 1
        generation = former.generation
        election = Self.election(keys, settings, by: ports.time)
        (looking, announced) = (Looking(), Announced())
        take(level: level)
        // The state may have become another one without a word of that.
        news.tell(StateNews(leapTo: applied.place.index))
        settle()
    }
}

extension [ReplicatedRecord] {
    /// What may stand in the log behind them; `nil` when they do not say.
    fileprivate var lastLevel: Int? {
        for case .level(let level) in reversed() { return level }
        return nil
    }
}
