import ClusterLog

/// What the election asks for, and how a term begins and ends.
extension ClusterMember {
    func elect(_ input: Election.Input) {
        for effect in election.handle(input, at: now) {
            switch effect {
            case .grant(let call): grant(call)
            case .keepAlive(let call, let lease): keepAlive(lease, call)
            case .revoke(let lease):
                ask({ (etcd) throws(EtcdError) in try await etcd.revoke(lease) }) { _, _ in }
            case .campaign(let call, let transaction): campaign(transaction, call)
            case .begin(let term):
                appending.opening = Appending.Opening(term: term)
                readTailOfTerm()
            case .end(let term, let reason): endTerm(term, reason)
            }
        }
    }

    /// Takes an answer to the election of the generation it was asked in: calls are counted from 1 on in each.
    private func elect(_ input: Election.Input, of generation: Int) {
        if generation == self.generation { elect(input) }
    }

    private func grant(_ call: Election.Call) {
        let (lifetime, generation) = (election.lifetime, generation)
        ask({ (etcd) throws(EtcdError) in try await etcd.grantLease(lifetime) }) { member, result in
            if case .success(let lease) = result { member.ports.keepLease(lease) }
            member.elect((try? result.get()).map { .granted(call, lease: $0) } ?? .failed(call), of: generation)
        }
    }

    private func keepAlive(_ lease: Int, _ call: Election.Call) {
        let generation = generation
        ask({ (etcd) throws(EtcdError) in try await etcd.keepAlive(lease) }) { member, result in
            member.elect((try? result.get()).map { .kept(call, isThere: $0) } ?? .failed(call), of: generation)
        }
    }

    private func campaign(_ transaction: Transaction, _ call: Election.Call) {
        let generation = generation
        ask({ (etcd) throws(EtcdError) in try await etcd.transact(transaction) }) { member, result in
            member.elect((try? result.get()).map { .campaigned(call, $0) } ?? .failed(call), of: generation)
        }
    }

    func seeMaster(_ key: KeyValue?, _ revision: Int) {
        if revision >= looking.masterSeenAt {
            looking.masterSeenAt = revision
            looking.isVacant = key == nil
            view.master = key.flatMap { MasterKey($0.value) }
        }
        elect(.masterSeen(key, revision: revision))
    }

    // MARK: The term

    /// Reads the newest entry, which nobody but this node can follow with another one any more.
    func readTailOfTerm() {
        guard let opening = appending.opening, opening.tail == nil, !opening.isAsked else { return }
        appending.opening?.isAsked = true
        let (term, keys) = (opening.term, keys)
        let question = Transaction(success: [.get(keys.format), .last(keys.entries)])
        ask({ (etcd) throws(EtcdError) in try await etcd.transact(question) }) { member, result in
            member.takeTail(try? result.get(), of: term)
        }
    }

    private func takeTail(_ answer: TransactionAnswer?, of term: Term) {
        guard appending.opening?.term == term else { return }
        appending.opening?.isAsked = false
        guard let answer, answer.found.count == 2, let format = answer.found[0].first.flatMap({ LogFormat($0.value) }),
            format.generation == term.generation
        else { return }
        let tail = answer.found[1].first.flatMap { try? LogEntry(reading: $0.value).place } ?? format.base
        appending.opening?.tail = tail
        appending.opening?.base = format.base.index
        follow(.tail(tail.index))
    }

    /// Lets the term begin as soon as everything before it is applied.
    func openTerm() {
        guard let opening = appending.opening, let tail = opening.tail, follower.followed == tail else { return }
        appending.opening = nil
        appending.open(
            LogWriter(
                term: opening.term, keys: keys, node: settings.node, level: view.level, base: opening.base,
                tail: tail, limit: settings.largestPayload))
    }

    private func endTerm(_ term: Term, _ reason: Election.Reason) {
        view.past = MemberView.PastTerm(term: term, reason: reason)
        let writer = appending.close()
        looking.isVacant = true
        if let writer { feed(.fenced, to: writer) }
    }
}
