package import Access
import ClusterLog
import JobEngine

/// Tells the logins of this node what the log does to them, whichever node appended it, as soon as it is in the state.
package final class LoginFeed: Sendable {
    private let locks: any LoginLockTable
    private let tell: @Sendable (LoginNews) -> Void

    /// - Parameters:
    ///   - locks: Those in the state.
    ///   - tell: Hears everything, in the order of the log; it must be quick.
    package init(locks: any LoginLockTable, tell: @escaping @Sendable (LoginNews) -> Void) {
        self.locks = locks
        self.tell = tell
    }

    /// A state that is told on: the one a member applies to.
    package func watching(_ state: any ReplicatedState) -> any ReplicatedState {
        WatchedState(state) { [self] records in
            let news = LoginNews(records)
            if !news.isEmpty { tell(news) }
        }
    }

    /// Peers that are told on, since what they bring replaces the state.
    package func watching(_ peers: any MemberPeers) -> any MemberPeers {
        WatchedPeers(peers) { [self] in await tellAll() }
    }

    /// Tells how everything is: at the start, before anything is applied, and whenever the state became another one.
    package func tellAll() async {
        var news = LoginNews()
        news.isWhole = true
        // Locks that cannot be read now do not hold here; what was remembered has to go in any case.
        news.locks = (try? await locks.locks())?.map { SharedLock($0) } ?? []
        tell(news)
    }
}

/// Peers of whom somebody hears when they have brought another state.
struct WatchedPeers: MemberPeers {
    private let peers: any MemberPeers
    private let changed: @Sendable () async -> Void

    init(_ peers: any MemberPeers, _ changed: @escaping @Sendable () async -> Void) {
        self.peers = peers
        self.changed = changed
    }

    func catchUp(since place: LogPlace?, generation: Int) async -> CatchUp {
        let answer = await peers.catchUp(since: place, generation: generation)
        if case .changed = answer { await changed() }
        return answer
    }
}

extension LoginNews {
    /// What records come to.
    init(_ records: [ReplicatedRecord]) {
        self.init()
        for record in records {
            switch record {
            case .engine(.loginsEnded(let ended)):
                endedUsers.formUnion(ended.users)
                endedUsers.formUnion(ended.sessions.map(\.user))
                endsCredentials = true
            case .sessionEnded, .tokenEnded: endsCredentials = true
            case .lockSet(let lock): locks.append(SharedLock(lock))
            case .lockLifted(let id):
                locks.removeAll { $0.id == id }
                liftedLocks.append(id)
            default: break
            }
        }
    }
}
