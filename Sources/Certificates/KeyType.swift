import COpenSSL

/// Algorithm of a key.
package enum KeyType: String, Sendable, Hashable, CaseIterable {
    case rsa
    case ec
    case ed25519
    case other

    init(code: Int32) {
        switch Int(code) {
        case Int(CONFD_KEY_RSA): self = .rsa
        case Int(CONFD_KEY_EC): self = .ec
        case Int(CONFD_KEY_ED25519): self = .ed25519
        default: self = .other
        }
    }
}
