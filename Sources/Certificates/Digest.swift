import COpenSSL
import Values

/// Message digests, computed by the system's OpenSSL.
package enum Digest {
    /// SHA-256 (FIPS 180-4), 32 bytes. For text pass its `utf8` view.
    package static func sha256(_ message: some Collection<UInt8>) -> [UInt8] {
        message.withBytes { message in
            [UInt8](unsafeUninitializedCapacity: 32) { digest, count in
                let computed = confd_sha256(message.baseAddress, message.count, digest.baseAddress)
                // No input makes this fail: it would mean an OpenSSL without SHA-256.
                precondition(computed == 1, "The system's OpenSSL has no SHA-256.")
                count = 32
            }
        }
    }

    /// SHA-256 as 64 lower-case hexadecimal digits.
    package static func sha256Hex(_ message: some Collection<UInt8>) -> String {
        Hex.text(sha256(message))
    }
}

/// Keyed message authentication codes (RFC 2104), computed by the system's OpenSSL.
package enum HMAC {
    /// HMAC-SHA-256, 32 bytes. Compare codes with `ConstantTime.equal(_:_:)`.
    package static func sha256(key: some Collection<UInt8>, message: some Collection<UInt8>) -> [UInt8] {
        key.withBytes { key in
            message.withBytes { message in
                [UInt8](unsafeUninitializedCapacity: 32) { code, count in
                    let computed = confd_hmac_sha256(
                        key.baseAddress, key.count, message.baseAddress, message.count, code.baseAddress)
                    // No input makes this fail: it would mean an OpenSSL without HMAC.
                    precondition(computed == 1, "The system's OpenSSL has no HMAC-SHA-256.")
                    count = 32
                }
            }
        }
    }
}

/// Comparison of secrets.
package enum ConstantTime {
    /// True when both hold the same bytes. The time taken tells the lengths apart, never where the bytes differ.
    package static func equal(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Bool {
        left.withBytes { left in
            right.withBytes { right in
                guard left.count == right.count else { return false }
                guard let first = left.baseAddress, let second = right.baseAddress else { return true }
                return confd_equal(first, second, left.count) == 1
            }
        }
    }
}

extension Collection<UInt8> {
    /// Calls the body with the bytes in one piece, copying them only when they are not.
    func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        withContiguousStorageIfAvailable(body) ?? Array(self).withUnsafeBufferPointer(body)
    }
}
