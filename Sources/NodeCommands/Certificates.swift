/// Makes a key that stays on its node, and what an authority is asked to sign for it.
package struct CertificateRequestMake: NodeCommand {
    /// Taken back by ``CertificateRequestDrop``.
    package static let traits: CommandTraits = .init("certificate.request", .undone(by: CertificateRequestDrop.self))

    /// What was made.
    package struct Answer: Codable, Sendable, Hashable {
        /// PKCS #10, PEM text.
        package let request: String

        /// As it was made.
        package init(request: String) { self.request = request }
    }

    /// What kind of key to make.
    package enum KeyType: String, Codable, Sendable, CaseIterable {
        case p256 = "ec-p256"
        case p384 = "ec-p384"
        case rsa3072 = "rsa-3072"
        case rsa4096 = "rsa-4096"
    }

    /// Where the key waits, below `/exa`.
    package let keyPath: String
    /// The common name of the subject.
    package let commonName: String
    /// Host names and addresses.
    package let hosts: [String]
    /// The kind of the key.
    package let keyType: KeyType

    private enum CodingKeys: String, CodingKey {
        case hosts
        case keyPath = "key_path"
        case commonName = "common_name"
        case keyType = "key_type"
    }

    /// - Parameter keyPath: Below `/exa`; a file of its own for each request.
    package init(commonName: String, hosts: [String], keyType: KeyType, keyPath: String) {
        (self.commonName, self.hosts, self.keyType, self.keyPath) = (commonName, hosts, keyType, keyPath)
    }
}

/// Removes the key of one request.
package struct CertificateRequestDrop: NodeCommand {
    /// To take something back twice is the same.
    package static let traits: CommandTraits = .init("certificate.request.drop", .lasting)

    /// Below `/exa`.
    package let keyPath: String

    private enum CodingKeys: String, CodingKey { case keyPath = "key_path" }
}

/// Removes the keys that waited for a certificate that has come into use.
package struct CertificateRequestSettle: NodeCommand {
    /// To do it once more changes nothing.
    package static let traits: CommandTraits = .init("certificate.request.settle", .lasting)

    /// PEM text, the node's own certificate first.
    package let certificate: String

    private enum CodingKeys: String, CodingKey { case certificate = "cert" }

    /// - Parameter certificate: PEM text, the node's own first.
    package init(_ certificate: String) { self.certificate = certificate }
}

/// Makes another certificate in place of the one the daemon made for itself on this node.
package struct CertificateRenew: NodeCommand {
    /// Taken back by ``CertificateRestore``.
    package static let traits: CommandTraits = .init("certificate.renew", .undone(by: CertificateRestore.self))

    /// What was made.
    package struct Answer: Codable, Sendable, Hashable {
        /// SHA-256 of the certificate's DER form, in hexadecimal digits.
        package let fingerprint: String

        /// As it was made.
        package init(fingerprint: String) { self.fingerprint = fingerprint }
    }

    /// Where each is, below `/exa`.
    package let certificatePath, keyPath: String

    private enum CodingKeys: String, CodingKey {
        case certificatePath = "cert_path"
        case keyPath = "key_path"
    }

    /// - Parameter paths: Of the certificate and the key.
    package init(paths: (certificate: String, key: String)) { (certificatePath, keyPath) = paths }
}
