import Synchronization

/// Makes the short names of requests that appear in `Confd-Request-Id`, logs and audit records.
enum RequestID {
    private static let counter = Atomic<UInt64>(UInt64.random(in: .min ... .max))
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
    /// 64 bits in groups of five.
    private static let length = 13

    /// Unique within the process and not guessable in order; 13 letters, so that the string needs no memory of its own.
    static func next() -> String {
        var bits = scrambled(counter.wrappingAdd(1, ordering: .relaxed).newValue)
        return String(unsafeUninitializedCapacity: length) { text in
            for index in 0..<length {
                text[index] = alphabet[Int(bits & 31)]
                bits >>= 5
            }
            return length
        }
    }

    /// Maps each number to another one that looks random, no two to the same (the finalizer of splitmix64).
    private static func scrambled(_ number: UInt64) -> UInt64 {
        var bits = number
        bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        return bits ^ (bits >> 31)
    }
}
