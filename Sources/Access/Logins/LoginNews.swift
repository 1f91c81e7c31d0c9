import Synchronization

/// What entries of a cluster's log did to logins, whichever node appended them.
package struct LoginNews: Sendable, Hashable {
    /// Users whose logins ended, all of them or those by a former password.
    package var endedUsers: Set<String> = []
    /// Whether a session or a token ended.
    package var endsCredentials = false
    /// Locks that were set, and not lifted since.
    package var locks: [SharedLock] = []
    /// The ids of locks that were lifted, before those were set.
    package var liftedLocks: [String] = []
    /// Whether it is the state as a whole, whatever was known before; `locks` are all there are then.
    package var isWhole = false

    /// Nothing.
    package init() {}

    /// Whether nothing of it concerns anybody.
    package var isEmpty: Bool { self == LoginNews() }
}

extension LoginService {
    /// Takes what the state of this node was told of logins: what is remembered of them is forgotten, whatever lasts is looked
    /// at again, and locks hold and end here as well. Quick; to be called as soon as it is in the state.
    package func take(_ news: LoginNews) {
        let (now, wall) = (time.monotonic, time.now)
        state.withLock { state in
            for user in state.lockout.take(news, at: now, wall: wall) { state.cache.drop(user: user) }
        }
        passwords.take(news)
        for user in news.endedUsers { drop(user: user) }
        if news.isWhole { drop() } else if news.endsCredentials { noteChange() }
    }

    /// From now on locks of this node are told to the others, or with `nil` to nobody.
    package func shareLocks(by sharing: (any LockSharing)?) {
        state.withLock { $0.sharing = sharing }
        passwords.shareLocks(by: sharing)
    }
}
