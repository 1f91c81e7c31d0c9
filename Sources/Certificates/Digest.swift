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
