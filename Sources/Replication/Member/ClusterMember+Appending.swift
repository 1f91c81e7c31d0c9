import Access
import ClusterLog
import JobEngine
import Values
import Waiting

/// What is appended in a term of this node: one entry after the other, each with all that waited for the one before it.
extension ClusterMember {
    /// Begins to append: with the first entry of the term, or another one that holds nothing. Waits until this node is elected
    /// and has everything that was before.
    ///
    /// - Returns: Where that entry stands, and the term it begins.
    /// - Throws: `full`, or `unavailable` when the member stops first, the task is cancelled, or nobody knows.
    func beginTerm() async throws(StoreError) -> (place: LogPlace, term: Term) {
        while !isStopped, !Task.isCancelled {
            guard let term = appending.office?.term else {
                await appending.offices.add(0).answer(whenCancelled: ())
                continue
            }
            let begun = ReplicatedRecord.termBegun(
                node: settings.node, at: Timestamp(milliseconds: max(0, Int(ports.time.now))))
            switch await append(Appending.Batch([begun], audit: [], only: term, beginsTerm: true)) {
            case .done(let place): return (place, term)
            case .full(let text): throw .full(text)
            case .deposed: continue
            case .unknown(let text): throw .unavailable(text)
            }
        }
        throw .unavailable("this node was not elected before it stopped")
    }

    /// Appends a batch and applies it here.
    func append(_ batch: Appending.Batch) async -> Appending.Outcome {
        if isStopped || isHandingOver { return .deposed }
        guard batch.payload.count <= Follower.largestBatch else {
            return .full("a batch of \(batch.payload.count) bytes is too large for the log")
        }
        appending.waiting.append(batch)
        settle()
        return await batch.outcome.answer()
    }

    /// Sends what waits, when nothing is on its way.
    func appendNext() {
        // A lease that may have ended ends the term before anything is sent.
        elect(.due)
        if appending.office == nil { return appending.refuseWaiting() }
        if appending.waiting.isEmpty { return }
        let nonce = Nonce(high: ports.random.next(), low: ports.random.next())
        guard let (group, writer) = appending.next(nonce, limit: settings.largestPayload) else { return }
        let at = Timestamp(milliseconds: max(0, Int(ports.time.now)))
        feed(.append(LogWriter.Batch(payload: group.payload, nonce: nonce, at: at)), to: writer)
    }

    func feed(_ input: LogWriter.Input, to writer: Int) {
        for effect in appending.handle(input, of: writer) {
            switch effect {
            case .send(let transaction, let attempt): send(transaction, attempt, of: writer)
            case .pause(let pause):
                begin { [ports] in
                    await ports.time.sleep(until: ports.time.monotonic + pause)
                    await self.endPause(of: writer)
                }
            case .settled(let nonce, let outcome): settle(nonce, outcome, of: writer)
            case .refused(let nonce, _):
                appending.settle(nonce, of: writer)
                appending.drop(nonce, .deposed)
            }
        }
    }

    private func send(_ transaction: Transaction, _ attempt: LogWriter.Attempt, of writer: Int) {
        ask({ (etcd) throws(EtcdError) in try await etcd.transact(transaction) }) { member, result in
            switch result {
            case .success(let answer): member.feed(.answered(attempt, answer), to: writer)
            case .failure(.noRoom): member.feed(.noRoom(attempt), to: writer)
            case .failure: member.feed(.lost(attempt, jitter: member.ports.random.next()), to: writer)
            }
        }
    }

    private func endPause(of writer: Int) {
        if isStopped { return }
        feed(.pauseEnded, to: writer)
        settle()
    }

    private func settle(_ nonce: Nonce, _ outcome: LogWriter.Outcome, of writer: Int) {
        let isPresent = appending.office?.writer == writer
        appending.settle(nonce, of: writer)
        switch outcome {
        case .done(let entries):
            appending.groups[nonce]?.stored = entries.last?.place
            for entry in entries where entry.header.term.generation == follower.keys.generation {
                // As the watch tells it, and sooner.
                let key = follower.keys.entry(entry.header.index)
                follow(.event(KeyValue(key: key, value: entry.bytes, created: 0)))
            }
        case .full: appending.drop(nonce, .full("etcd has no room"))
        case .deposed:
            appending.drop(nonce, .deposed)
            if isPresent { elect(.stopped(.deposed)) }
        case .trimmed:
            appending.drop(nonce, .unknown("the log no longer goes back to where this was to stand"))
            if isPresent { elect(.stopped(.deposed)) }
        }
    }

    /// Answers whoever waits for what is applied by now.
    func answerAppends() {
        for (nonce, group) in appending.groups {
            guard let place = group.stored else { continue }
            let term = group.term
            let isFollowed = term.generation == follower.keys.generation
            if group.isApplied || (isFollowed && place.index <= follower.applied.index) {
                appending.drop(nonce, .done(place))
                if group.beginsTerm { elect(.began(term)) }
            } else if !isFollowed {
                appending.drop(nonce, .unknown("another etcd was made, with or without entry \(place.index)"))
            } else if let stop = follower.stop {
                appending.drop(nonce, .unknown("this node follows no more: \(stop)"))
            }
        }
    }
}
