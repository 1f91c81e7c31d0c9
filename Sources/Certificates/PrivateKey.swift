import COpenSSL

/// A private key. Its descriptions never show the key.
package struct PrivateKey: Sendable {
    /// Algorithm of the key; `other` for what is neither RSA, EC nor Ed25519.
    package let type: KeyType
    /// Size of the key: modulus of RSA, field of EC.
    package let bits: Int
    let der: [UInt8]

    /// Reads the first private key of a PEM text, in PKCS #8 or the older forms.
    ///
    /// - Throws: `CertificateError` `keyUnreadable`, `passphraseNeeded` or `passphraseWrong`.
    package init(pem: String, passphrase: String? = nil) throws(CertificateError) {
        try self.init(pem: Array(pem.utf8), passphrase: passphrase)
    }

    /// The same of a file's bytes; a byte order mark is skipped.
    package init(pem: [UInt8], passphrase: String? = nil) throws(CertificateError) {
        guard pem.count <= CertificateChain.sizeLimit else {
            throw CertificateError(.keyUnreadable, "The file is too large for a private key.")
        }
        var status = CONFD_PEM_UNREADABLE
        let der = OwnedBytes.make { owned in
            status = Self.read(pem, passphrase, into: &owned)
            return status == CONFD_PEM_READ
        }
        switch (status, der) {
        case (_, let der?): try self.init(der: der)
        case (CONFD_PEM_NEEDS_PASSPHRASE, _):
            throw CertificateError(
                .passphraseNeeded,
                "The private key is encrypted. Decrypt it first: openssl pkey -in FILE -out FILE.clear.")
        case (CONFD_PEM_WRONG_PASSPHRASE, _):
            throw CertificateError(.passphraseWrong, "The passphrase does not open the private key.")
        default:
            throw CertificateError(.keyUnreadable, Self.nothing(in: pem))
        }
    }

    private static func nothing(in bytes: [UInt8]) -> String {
        if bytes.isEmpty { return "The private key is empty." }
        guard !PEMText.isDER(bytes) else {
            return "The private key is in DER form; PEM is needed: openssl pkey -inform der -in FILE -out FILE.pem."
        }
        return "There is no private key in PEM form, or it is damaged."
    }

    init(der: [UInt8]) throws(CertificateError) {
        var type: Int32 = 0
        var bits: Int32 = 0
        guard confd_key_read(der, der.count, &type, &bits) == 1 else {
            throw CertificateError(.keyUnreadable, "The private key cannot be read; it may be damaged.")
        }
        self.der = der
        self.type = KeyType(code: type)
        self.bits = Int(bits)
    }

    /// A new key.
    ///
    /// - Throws: `CertificateError` `requestInvalid` for RSA of less than 1024 or more than 16384 bits.
    package static func generate(_ kind: Kind = .p256) throws(CertificateError) -> PrivateKey {
        var bits: Int32 = 0
        if case .rsa(let size) = kind {
            guard 1024...16384 ~= size else {
                throw CertificateError(.requestInvalid, "An RSA key has 1024 to 16384 bits.")
            }
            bits = Int32(size)
        }
        let curve = kind == .p384 ? "P-384" : "P-256"
        guard let der = OwnedBytes.make({ confd_key_generate(bits, curve, &$0) == 1 }) else {
            throw CertificateError(.systemFailure, "OpenSSL could not make a key.")
        }
        return try PrivateKey(der: der)
    }

    /// What kind of key to make.
    package enum Kind: Sendable, Hashable {
        case p256
        case p384
        /// Size in bits.
        case rsa(Int)

        /// The kind of a certificate's key; P-256 in place of what is not made here.
        init(like certificate: Certificate) {
            switch (certificate.keyType, certificate.keyBits) {
            case (.rsa, let bits): self = .rsa(min(max(bits, 2048), 16_384))
            case (.ec, 384): self = .p384
            default: self = .p256
            }
        }
    }

    /// The key as an unencrypted PKCS #8 block with a line end. Secret: the file it goes to must have mode 0600.
    package var pem: String {
        let text = OwnedBytes.make { confd_key_to_pem(der, der.count, &$0) == 1 }
        return String(decoding: text ?? [], as: UTF8.self)
    }

    /// True when the certificate holds the public half of this key.
    package func belongs(to certificate: Certificate) -> Bool {
        confd_key_matches(certificate.der, certificate.der.count, der, der.count) == 1
    }

    private static func read(_ pem: [UInt8], _ passphrase: String?, into owned: inout confd_bytes) -> Int {
        // Even an empty passphrase needs an address, for a null one means that none is known.
        let secret = passphrase.map { Array($0.utf8) + [0] }
        let count = max(0, (secret?.count ?? 1) - 1)
        return PEMText.plain(pem).withBytes { text in
            Int(confd_key_from_pem(text.baseAddress, text.count, secret, count, &owned))
        }
    }
}

extension PrivateKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "\(type.rawValue) private key of \(bits) bits" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["type": type, "bits": bits]) }
}

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

/// Takes over what a function of the C side made and frees it.
enum OwnedBytes {
    /// Returns nil when the function reports failure.
    static func make(_ body: (inout confd_bytes) -> Bool) -> [UInt8]? {
        var owned = confd_bytes(bytes: nil, count: 0)
        defer { confd_bytes_free(&owned) }
        guard body(&owned) else { return nil }
        return Array(UnsafeBufferPointer(start: owned.bytes, count: owned.count))
    }
}
