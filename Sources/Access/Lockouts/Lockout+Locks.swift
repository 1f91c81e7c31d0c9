import Certificates
import Values

extension Lockout {
    /// A lock in force.
    package struct Lock: Sendable, Hashable {
        /// Names the lock for `DELETE /lockouts/{id}`: 16 hexadecimal digits.
        package let id: String
        /// Whom a lock keeps out.
        package enum Subject: Sendable, Hashable {
            /// A user, in lower case, at the address.
            case user(String)
            /// Passwords of everybody at the address.
            case address
            /// Tokens from the address.
            case tokens
        }
        /// Whom it keeps out.
        package let subject: Subject
        /// The address or IPv6 /64 it is about.
        package let address: String
        /// Monotonic time at which it ends.
        package let until: Duration

        /// The locked user, in lower case; `nil` when passwords or tokens of the address as a whole are limited.
        package var user: String? {
            guard case .user(let name) = subject else { return nil }
            return name
        }
    }

    /// Locks in force, those of all nodes among them, sorted by address and user.
    package func locks(at now: Duration) -> [Lock] {
        let own = ownLocks(at: now)
        let everywhere = shared.inForce(at: now)
        if everywhere.isEmpty { return Self.sorted(own) }
        // What was counted here and is told to all is one lock.
        let all = Dictionary((own + everywhere).map { ($0.id, $0) }) { $0.until < $1.until ? $1 : $0 }
        return Self.sorted(Array(all.values))
    }

    private static func sorted(_ locks: [Lock]) -> [Lock] {
        locks.sorted { ($0.address, $0.user ?? "") < ($1.address, $1.user ?? "") }
    }

    private func ownLocks(at now: Duration) -> [Lock] {
        let ofPairs = pairs.entries.compactMap { pair, record -> Lock? in
            guard let until = record.lockedUntil, until > now else { return nil }
            return lock(.user(pair.user), scope: pair.scope, until: until)
        }
        let ofAddresses = addresses.entries.compactMap { scope, source -> Lock? in
            limitEnd(source.failures, at: now).map { lock(.address, scope: scope, until: $0) }
        }
        let ofTokens = tokens.entries.compactMap { scope, failures in
            limitEnd(failures, at: now).map { lock(.tokens, scope: scope, until: $0) }
        }
        return ofPairs + ofAddresses + ofTokens
    }

    /// Takes one lock away, with all that was remembered about it; `nil` when no such lock is in force.
    package mutating func unlock(id: String, at now: Duration) -> Lock? {
        guard let lock = locks(at: now).first(where: { $0.id == id }) else { return nil }
        shared.remove(lock)
        switch lock.subject {
        case .user(let user): pairs.remove(Pair(user, at: lock.address))
        case .address: addresses.remove(lock.address)
        case .tokens: tokens.remove(lock.address)
        }
        return lock
    }

    func lock(_ subject: Lock.Subject, scope: String, until: Duration) -> Lock {
        Lock(
            id: Hex.text(Digest.sha256(Array("\(realm)\(scope)\u{0}\(subject)".utf8)).prefix(8)), subject: subject,
            address: scope, until: until)
    }
}

/// A lock in force, for people.
package struct LoginLock: Sendable, Hashable {
    /// Names the lock for `LoginService.unlock(id:by:)`.
    package let id: String
    /// The locked user; `nil` when the address as a whole is limited.
    package let user: String?
    /// The address or IPv6 /64.
    package let address: String
    /// How long it will still last.
    package let remaining: Duration
}

extension LoginLock {
    init(_ lock: Lockout.Lock, at now: Duration) {
        self.init(id: lock.id, user: lock.user, address: lock.address, remaining: lock.until - now)
    }
}
