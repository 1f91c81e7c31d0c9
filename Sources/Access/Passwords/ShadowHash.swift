import CCrypt
import Certificates
import Glibc

/// A password hash as it stands in a shadow file and in `Passwd` of EXAConf.
///
/// Recognised are the crypt(5) methods MD5 `$1$`, bcrypt `$2a$ $2b$ $2y$`, SHA-256 `$5$`, SHA-512 `$6$`, scrypt
/// `$7$` and yescrypt `$y$ $gy$`. Anything else (empty, `!`, `*`, a locked hash, a placeholder) is unusable and matches no password.
package struct ShadowHash: Sendable, Hashable {
    /// The text as kept.
    package let text: String

    /// Any text; nothing is checked yet.
    package init(_ text: String) {
        self.text = text
    }

    /// False when no password can ever match: no known method, or a cost that would be an attack on the daemon.
    package var isUsable: Bool {
        guard text.utf8.count <= 256, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return false }
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[0].isEmpty, parts.last?.isEmpty == false else { return false }
        switch parts[1] {
        case "1", "y", "gy": return true
        case "7": return Self.isBearable(scrypt: parts[2])
        case "2a", "2b", "2y": return Int(parts[2]).map { $0 <= 15 } ?? false
        case "5", "6": return Self.isBearable(rounds: parts[2])
        default: return false
        }
    }

    /// Whether it is usable and as long as its method makes them, so that hardly any plain text looks like it.
    package var isComplete: Bool {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard isUsable, let digest = parts.last?.utf8.count else { return false }
        switch parts[1] {
        case "1": return digest == 22
        case "2a", "2b", "2y": return digest == 53
        case "6": return digest == 86
        default: return digest == 43
        }
    }

    /// A new SHA-512 hash with a random salt of 16 characters, or `nil` for a password crypt(3) does not take: empty, with
    /// a NUL, or of 512 bytes and more.
    package static func make(_ password: Password) -> ShadowHash? {
        guard !password.isUnusable else { return nil }
        let salt = SecureRandom.bytes(16).map { alphabet[Int($0 & 63)] }
        let setting = "$6$" + String(decoding: salt, as: UTF8.self)
        return crypt(password, setting: setting).map { ShadowHash(String(decoding: $0, as: UTF8.self)) }
    }

    /// True when the password is the one that was hashed. Costs as much as the method of the hash; an unusable hash costs
    /// as much as a SHA-512 one.
    package func verify(_ password: Password) -> Bool {
        let isUsable = isUsable
        let stored = isUsable ? text : Self.dummy
        guard !password.isUnusable, let found = Self.crypt(password, setting: stored) else { return false }
        return ConstantTime.equal(found, Array(stored.utf8)) && isUsable
    }

    private static let alphabet = Array("./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    // The salt of a hash nobody has; what is compared with it never counts.
    private static let dummy = "$6$nobodynobodynobo$"

    private static func isBearable(rounds part: Substring) -> Bool {
        guard part.hasPrefix("rounds=") else { return true }
        return Int(part.dropFirst("rounds=".count)).map { $0 <= 1_000_000 } ?? false
    }

    /// Up to 2^16 rounds of 8, 16 or 32 blocks, one at a time, which is more than any system sets.
    private static func isBearable(scrypt part: Substring) -> Bool {
        guard let cost = part.utf8.first, let rounds = Self.alphabet.firstIndex(of: cost), rounds <= 16 else {
            return false
        }
        let sizes = part.dropFirst()
        return ["6", "E", "U"].contains { sizes.hasPrefix("\($0)..../....") }
    }

    private static func crypt(_ password: Password, setting: String) -> [UInt8]? {
        let size = MemoryLayout<crypt_data>.size
        let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
        memset(memory, 0, size)
        defer {
            explicit_bzero(memory, size)
            memory.deallocate()
        }
        return password.withCString { phrase in
            guard let result = crypt_rn(phrase, setting, memory, Int32(size)) else { return nil }
            return UnsafeBufferPointer(start: result, count: strlen(result)).map { UInt8(bitPattern: $0) }
        }
    }
}
