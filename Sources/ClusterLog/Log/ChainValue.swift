import Certificates
import Values

/// What all entries up to one come to: SHA-256 of that entry, which has the value before it.
package struct ChainValue: Sendable, Hashable {
    private let bytes: [UInt8]

    /// Of a node that has nothing of any log.
    package static let start = ChainValue(bytes: [UInt8](repeating: 0, count: 32))

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// That of an entry's bytes, as they are stored.
    package init(of entry: some Collection<UInt8>) {
        bytes = Digest.sha256(entry)
    }

    /// What a log comes to before its first entry: another value in each cluster and generation, so that no two logs look like
    /// parts of each other.
    package init(beginning cluster: String, generation: Int, behind index: Int) {
        bytes = Digest.sha256(Array("confd log \(generation) behind \(index) of \(cluster)".utf8))
    }

    /// The value of 64 hexadecimal digits.
    package init?(_ text: String) {
        guard text.utf8.count == 64, let bytes = Hex.bytes(text) else { return nil }
        self.bytes = bytes
    }

    /// 64 hexadecimal digits.
    package var text: String { Hex.text(bytes) }
}

/// What tells an attempt to append from everybody else's: random bytes whoever appends is handed.
package struct Nonce: Sendable, Hashable {
    /// 32 hexadecimal digits.
    package let text: String

    /// 16 random bytes as two numbers.
    package init(high: UInt64, low: UInt64) {
        text = [high, low].map { Hex.text(withUnsafeBytes(of: $0.bigEndian) { Array($0) }) }.joined()
    }

    /// The nonce of 32 hexadecimal digits.
    package init?(_ text: String) {
        guard text.utf8.count == 32, Hex.bytes(text) != nil else { return nil }
        self.text = text
    }
}

/// A term of office: who may append, and since when.
package struct Term: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Which etcd of the cluster it is in.
    package let generation: Int
    /// The revision of that etcd that created the master's key.
    package let epoch: Int

    /// A term; an epoch alone would begin anew with a new etcd.
    package init(generation: Int, epoch: Int) {
        self.generation = generation
        self.epoch = epoch
    }

    package static func < (left: Term, right: Term) -> Bool {
        (left.generation, left.epoch) < (right.generation, right.epoch)
    }

    package var description: String { "\(generation).\(epoch)" }
}
