import Values

/// A lock as the nodes of a cluster tell each other of it: times are those of clocks on the wall, which is all that
/// nodes have in common.
package struct SharedLock: Sendable, Hashable {
    /// Names the lock for whoever lifts it; the same on each node that locks the same.
    package let id: String
    /// Whom it keeps out.
    package let subject: Lockout.Lock.Subject
    /// The address or IPv6 /64 it is about.
    package let address: String
    /// When it was set, by the node that counted the failures, in milliseconds since 1970.
    package let setAt: Int64
    /// When it ends by itself, in milliseconds since 1970.
    package let until: Int64

    /// A lock of these parts.
    package init(id: String, subject: Lockout.Lock.Subject, address: String, setAt: Int64, until: Int64) {
        self.id = id
        self.subject = subject
        self.address = address
        self.setAt = setAt
        self.until = until
    }
}

/// Makes locks of this node those of all nodes.
package protocol LockSharing: Sendable {
    /// Takes a lock that was just counted to its end here; returns at once, whoever decides.
    func share(_ lock: SharedLock)
    /// Has a lock end on every node; on return it has.
    ///
    /// - Throws: `noMaster` when nobody decides, `outOfSpace`, or `unavailable` when nobody knows.
    func lift(_ id: String) async throws(AccessError)
    /// Has locks end everywhere when this node decides, and tells nobody of those that were not told yet; returns at once.
    func forget(_ ids: [String])
}

extension Lockout.Lock {
    /// Whether it is about the same on every node: an address of this very machine is another machine there.
    var isOfAllNodes: Bool { !RemoteAddress(address).isLocal }

    /// As other nodes are told of it.
    func shared(at now: Duration, wall: Int64) -> SharedLock {
        SharedLock(
            id: id, subject: subject, address: address, setAt: wall,
            until: LoginService.later(wall, (until - now).milliseconds))
    }
}
