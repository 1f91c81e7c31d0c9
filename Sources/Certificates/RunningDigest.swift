import COpenSSL
import Values

/// SHA-256 (FIPS 180-4) of what comes in pieces, such as a file that is larger than memory.
package struct RunningDigest: ~Copyable {
    private let context: UnsafeMutableRawPointer

    /// That of nothing so far.
    package init() {
        // As with a digest of one piece: it would mean an OpenSSL without SHA-256.
        guard let context = confd_digest_new() else { preconditionFailure("The system's OpenSSL has no SHA-256.") }
        self.context = context
    }

    deinit { confd_digest_free(context) }

    /// Goes on with these bytes.
    package mutating func add(_ bytes: some Collection<UInt8>) {
        let added = bytes.withBytes { bytes in confd_digest_add(context, bytes.baseAddress, bytes.count) }
        precondition(added == 1, "The system's OpenSSL cannot go on with a digest.")
    }

    /// The digest of all pieces in their order, as 64 lower-case hexadecimal digits.
    package consuming func hex() -> String {
        let digest = [UInt8](unsafeUninitializedCapacity: 32) { digest, count in
            let ended = confd_digest_end(context, digest.baseAddress)
            precondition(ended == 1, "The system's OpenSSL cannot end a digest.")
            count = 32
        }
        return Hex.text(digest)
    }
}
