/// Writes a certificate, its key and, when given, its authorities: all of them or none.
package struct CertificateInstall: NodeCommand {
    /// Taken back by ``CertificateRestore``.
    package static let traits: CommandTraits = .init(
        "certificate.install", .undone(by: CertificateRestore.self), secrets: ["key"])

    /// PEM texts; the authorities stay as they are when none are given.
    package let certificate: String
    package let authorities: String?
    /// PEM text; `nil` for the key on the node that belongs to the certificate: one that waits since
    /// ``CertificateRequestMake``, or the one in use.
    package let key: String?
    /// Where each belongs, below `/exa`.
    package let certificatePath, keyPath: String
    package let authoritiesPath: String?

    private enum CodingKeys: String, CodingKey {
        case key
        case certificate = "cert"
        case authorities = "ca"
        case certificatePath = "cert_path"
        case keyPath = "key_path"
        case authoritiesPath = "ca_path"
    }

    /// - Parameter paths: Of the certificate, the key and the authorities.
    package init(
        certificate: String, key: String?, authorities: String?,
        paths: (certificate: String, key: String, authorities: String)
    ) {
        (self.certificate, self.key, self.authorities) = (certificate, key, authorities)
        (certificatePath, keyPath, authoritiesPath) = paths
    }
}

/// Takes ``CertificateInstall`` of the same step back: files that were not there before are removed.
package struct CertificateRestore: NodeCommand {
    /// To take something back twice is the same.
    package static let traits: CommandTraits = .init("certificate.restore", .lasting)

    /// Where each belongs, below `/exa`.
    package let certificatePath, keyPath: String
    package let authoritiesPath: String?

    private enum CodingKeys: String, CodingKey {
        case certificatePath = "cert_path"
        case keyPath = "key_path"
        case authoritiesPath = "ca_path"
    }
}

/// Writes the text of a licence to a file; the text is not examined.
package struct LicenseInstall: NodeCommand {
    /// Taken back by ``LicenseRestore``.
    package static let traits: CommandTraits = .init("license.install", .undone(by: LicenseRestore.self))

    /// Below `/exa`.
    package let path: String
    /// In any form a licence has.
    package let text: String

    /// - Parameter path: Below `/exa`.
    package init(_ text: String, at path: String) {
        (self.path, self.text) = (path, text)
    }
}

/// Takes ``LicenseInstall`` of the same step back.
package struct LicenseRestore: NodeCommand {
    /// To take something back twice is the same.
    package static let traits: CommandTraits = .init("license.restore", .lasting)

    /// Below `/exa`.
    package let path: String
}

/// Reads the text of a licence.
package struct LicenseRead: NodeCommand {
    /// It only looks.
    package static let traits: CommandTraits = .init("license.read", .none)

    /// What the file holds.
    package struct Answer: Codable, Sendable, Hashable {
        /// `nil` when there is no file.
        package let text: String?

        package init(text: String?) { self.text = text }
    }

    /// Below `/exa`.
    package let path: String

    /// - Parameter path: Below `/exa`.
    package init(at path: String) { self.path = path }
}

/// Writes a keytab to a file.
package struct KeytabInstall: NodeCommand {
    /// Taken back by ``KeytabRestore``.
    package static let traits: CommandTraits = .init(
        "keytab.install", .undone(by: KeytabRestore.self), secrets: ["keytab"])

    /// Below `/exa`.
    package let path: String
    /// As base64 or text.
    package let keytab: String

    /// - Parameters:
    ///   - keytab: As base64 or text.
    ///   - path: Below `/exa`.
    package init(_ keytab: String, at path: String) {
        (self.path, self.keytab) = (path, keytab)
    }
}

/// Takes ``KeytabInstall`` of the same step back.
package struct KeytabRestore: NodeCommand {
    /// To take something back twice is the same.
    package static let traits: CommandTraits = .init("keytab.restore", .lasting)

    /// Below `/exa`.
    package let path: String
}
