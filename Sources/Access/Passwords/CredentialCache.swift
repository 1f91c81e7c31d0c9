import Certificates

/// Remembers for a short while which credentials were found good, so that not every request costs a password hash.
///
/// Kept are keyed hashes under a key drawn at start, never a password, and successes only. Pure: monotonic time is
/// handed in.
package struct CredentialCache: Sendable {
    /// Keyed hash of one credential as shown from one address.
    package struct Key: Sendable, Hashable {
        let bytes: [UInt8]
    }

    /// Changes with every drop, so that a check begun before it cannot put an outdated success back.
    package private(set) var generation: UInt64 = 0

    private struct Entry {
        let principal: Principal
        let until: Duration
    }

    private var entries: BoundedMap<Key, Entry>
    private let lifetime: Duration

    /// An empty cache; a lifetime of zero keeps nothing. At most `capacity` credentials are kept.
    package init(lifetime: Duration = .seconds(60), capacity: Int = 4096) {
        self.lifetime = lifetime
        entries = BoundedMap(capacity: capacity)
    }

    /// The principal a credential stands for, while its time has not run out.
    package func principal(for key: Key, at now: Duration) -> Principal? {
        guard let entry = entries.value(for: key), now < entry.until else { return nil }
        return entry.principal
    }

    /// Keeps a success, unless something was dropped since `generation` was read.
    ///
    /// - Parameter span: For how long, if that is shorter than everything is kept.
    package mutating func keep(
        _ principal: Principal, for key: Key, generation: UInt64, at now: Duration, atMost span: Duration? = nil
    ) {
        guard lifetime > .zero, generation == self.generation else { return }
        entries.set(Entry(principal: principal, until: now + min(lifetime, span ?? lifetime)), for: key)
    }

    /// Forgets everything: users, groups or settings have changed.
    package mutating func drop() {
        generation &+= 1
        entries.removeAll()
    }

    /// Forgets what one user has proven.
    package mutating func drop(user: String) {
        generation &+= 1
        entries.removeAll { $1.principal.name == user }
    }

    /// Number of credentials kept, for metrics; outlived ones count until they give way.
    package var count: Int { entries.count }
}

/// Makes the keys of a credential cache under a secret of its own.
struct CredentialKeys: Sendable {
    private let secret = SecureRandom.bytes(32)

    func key(user: String, password: Password, address: String) -> CredentialCache.Key {
        password.withBytes { bytes in
            var message = Self.framed(["password", user, address], reserving: bytes.count)
            message.append(contentsOf: bytes)
            defer { Self.wipe(&message) }
            return CredentialCache.Key(bytes: HMAC.sha256(key: secret, message: message))
        }
    }

    func key(method: Principal.Method, name: String) -> CredentialCache.Key {
        CredentialCache.Key(bytes: HMAC.sha256(key: secret, message: Self.framed([method.rawValue, name])))
    }

    // Each part goes in behind its length: "ab" + "c" must not look like "a" + "bc".
    private static func framed(_ parts: [String], reserving room: Int = 0) -> [UInt8] {
        var message: [UInt8] = []
        // Room for the password from the start: growing would leave a copy of it behind.
        message.reserveCapacity(parts.reduce(room) { $0 + 8 + $1.utf8.count })
        for part in parts {
            let bytes = part.utf8
            withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { message.append(contentsOf: $0) }
            message.append(contentsOf: bytes)
        }
        return message
    }

    private static func wipe(_ bytes: inout [UInt8]) {
        for index in bytes.indices {
            bytes[index] = 0
        }
    }
}
