import Values

/// A public key a host proves itself with over SSH (RFC 4253, RFC 5656, RFC 8709).
package struct HostKey: Sendable, Hashable, CustomStringConvertible {
    /// What kind of key it is, such as `ssh-ed25519`.
    package let type: String
    private let bytes: [UInt8]

    /// Kinds that are taken, the ones people compare first in front.
    private static let types = [
        "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa",
    ]
    /// The longest key of RSA anybody has takes half of it.
    private static let longest = 4096

    /// The key of a line as `ssh-keyscan`, `known_hosts` and files of public keys have it: names of hosts in front and a
    /// comment behind are passed over.
    ///
    /// - Returns: `nil` for what is no key of a kind that is taken, and for authorities and keys that were withdrawn.
    package init?(_ line: some StringProtocol) {
        let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "\r" }).map { String($0) }
        guard words.first?.hasPrefix("@") == false, let place = words.prefix(2).firstIndex(where: Self.isType),
            words.indices.contains(place + 1), words[place + 1].utf8.count <= Self.longest * 2,
            let bytes = Base64.decode(words[place + 1].utf8)
        else { return nil }
        let type = words[place]
        // Its kind stands in the key itself, too, behind the number of its letters.
        let opening = [0, 0, 0, UInt8(type.utf8.count)] + Array(type.utf8)
        guard bytes.count > opening.count, bytes.count <= Self.longest, bytes.starts(with: opening) else { return nil }
        self.type = type
        self.bytes = bytes
    }

    /// Kind and key, as ``init(_:)`` reads them: `ssh-ed25519 AAAA…`.
    package var description: String { "\(type) \(Base64.encode(bytes))" }

    /// What people compare, as `ssh-keygen -l` prints it: `SHA256:…`.
    package var fingerprint: String { "SHA256:" + Base64.encode(Digest.sha256(bytes)).filter { $0 != "=" } }

    /// The names under which SSH negotiates signatures by this key.
    package var algorithms: [String] { type == "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256", type] : [type] }

    /// The line of a file `known_hosts` that has the key for a host.
    ///
    /// - Parameter host: A name or an address, without brackets.
    package func knownHost(_ host: String, port: Int) -> String { "[\(host)]:\(port) \(self)" }

    /// Keys without those that stand twice, the kinds people compare first in front.
    package static func inOrder(_ keys: [HostKey]) -> [HostKey] {
        var found: [HostKey] = []
        for type in types {
            for key in keys where key.type == type && !found.contains(key) { found.append(key) }
        }
        return found
    }

    private static func isType(_ word: String) -> Bool { types.contains(word) }
}

extension [HostKey] {
    /// Fingerprints with the kinds of keys, for people: `SHA256:… (ssh-ed25519), SHA256:… (ssh-rsa)`.
    package var shown: String { map { "\($0.fingerprint) (\($0.type))" }.joined(separator: ", ") }
}
