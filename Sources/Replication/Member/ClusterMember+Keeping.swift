import ClusterLog

/// What a member writes now and then: its own key, and as the master the end of what nobody needs.
extension ClusterMember {
    /// What others were told of this node.
    struct Announced {
        var lease: Int?
        var key: MemberKey?
        var at = Duration.zero
        var isAsked = false
    }

    /// Others are told how far this node is at least so often; of all else at once.
    private static let announcement = Duration.seconds(10)

    func announce() {
        guard let lease = election.leaseID, !announced.isAsked else { return }
        let key = ownKey
        var told = announced.key
        told?.applied = key.applied
        told?.past = key.past
        if announced.lease == lease, told == key, now < announced.at + Self.announcement { return }
        announced.isAsked = true
        let put = Transaction(success: [.put(keys.member(settings.node), value: key.bytes, lease: lease)])
        let (generation, at) = (generation, now)
        ask({ (etcd) throws(EtcdError) in try await etcd.transact(put) }) { member, result in
            guard generation == member.generation else { return }
            member.announced.isAsked = false
            if case .success = result {
                (member.announced.lease, member.announced.key, member.announced.at) = (lease, key, at)
            }
        }
    }

    private var ownKey: MemberKey {
        var key = MemberKey(
            address: settings.address, port: settings.port, version: settings.version, booted: settings.booted,
            applied: follower.applied.index,
            isReady: isReady && view.obstacle == nil && follower.stop == nil && vitality.quarantine == nil)
        key.levels = settings.levels
        (key.quarantine, key.past) = (doubt, ports.past.missing)
        return key
    }

    /// Deletes what every member has; none of it is asked for by somebody who is deposed.
    func trim() {
        guard election.isMaster(at: now), let term = election.term else { return }
        let (newest, applied) = (follower.applied.index, vitality.appliedByAll)
        guard let first = trimming.firstKept(newest: newest, appliedByAll: applied, at: now) else { return }
        let (keys, former, revision) = (keys, trimming.revision, looking.revision)
        ask({ (etcd) throws(EtcdError) in
            let isDone = try await etcd.delete(
                from: keys.entries, before: keys.entry(first), asLongAs: keys.master, wasCreatedAt: term.epoch)
            // Watches are told of what was a while ago; what was before is in nobody's way.
            if isDone, let former { try await etcd.compact(before: former) }
            return isDone
        }) { member, result in
            if case .success(true) = result { member.trimming.note(oldest: first, at: revision) }
        }
    }
}
