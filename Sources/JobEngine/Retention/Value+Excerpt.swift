import Certificates
import Values

extension Value {
    /// The longest value that is kept whole, in bytes of JSON.
    private static let longestKept = 16 << 10
    /// How much of a longer one is kept.
    private static let longestBegin = 1 << 10

    /// The same value, or, when its JSON is longer than 16 KiB, an object that tells of it: its length in `bytes`, its
    /// `sha256` and its `begin`.
    var excerpt: Value {
        // A byte takes six at most.
        guard weight * 6 > Self.longestKept else { return self }
        let text = JSON.bytes(self)
        guard text.count > Self.longestKept else { return self }
        return [
            "bytes": .int(text.count), "sha256": .string(Digest.sha256Hex(text)),
            "begin": .string(String(decoding: text.prefix(Self.longestBegin), as: UTF8.self)),
        ]
    }

    /// About how many bytes its JSON has, that of texts without what has to be escaped.
    var weight: Int {
        switch self {
        case .string(let text): text.utf8.count + 3
        case .list(let elements): elements.reduce(2) { $0 + $1.weight }
        case .map(let members): members.reduce(2) { $0 + $1.key.utf8.count + 4 + $1.value.weight }
        default: 21
        }
    }
}
