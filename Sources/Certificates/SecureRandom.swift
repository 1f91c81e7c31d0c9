import COpenSSL
import Values

/// Random numbers fit for keys and tokens, from OpenSSL's generator.
package struct SecureRandom: RandomNumberGenerator, Sendable {
    /// Costs nothing: all values draw from the one generator of the process.
    package init() {}

    /// 64 fresh bits; there is no seed, so no sequence can be had twice.
    package mutating func next() -> UInt64 {
        Self.bytes(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// As many random bytes as asked for; none for a count below 1.
    package static func bytes(_ count: Int) -> [UInt8] {
        let count = max(0, count)
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = count
            guard confd_random(buffer.baseAddress, count) != 1 else { return }
            // The kernel's generator is as good; OpenSSL's fails only when it cannot seed itself.
            var system = SystemRandomNumberGenerator()
            for index in 0..<count {
                buffer.initializeElement(at: index, to: UInt8.random(in: 0...255, using: &system))
            }
        }
    }

    /// Random bytes as lower-case hexadecimal digits, two for each byte: the form of our tokens.
    package static func hex(bytes count: Int) -> String { Hex.text(bytes(count)) }
}
