import COpenSSL

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
