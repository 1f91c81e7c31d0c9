package import FoundationEssentials
package import NIOSSL

/// What a TLS server shows, read: its chain, the key, and the authorities of clients.
///
/// Everybody who asks whether certificate files are good, and everybody who serves with them, makes one of these: what
/// could be read here is in the TLS library's own form already, and a context was made of it once.
package struct TLSMaterial: Sendable {
    /// The server's certificate first, then those above it.
    package let chain: CertificateChain
    /// Belongs to the first certificate; not encrypted any more.
    package let key: PrivateKey
    /// Who may vouch for clients; `nil` when no client is asked for a certificate.
    package let authorities: CertificateChain?
    /// What those took back; `nil` when nobody looks at that.
    package let revocations: RevocationLists?
    /// Where a private key stood among certificates, which others can read.
    private let openKey: CertificateError.Part?
    private let served: [NIOSSLCertificate]
    private let servedKey: NIOSSLPrivateKey
    private let trusted: [NIOSSLCertificate]

    /// Reads PEM texts.
    ///
    /// - Parameters:
    ///   - passphrase: For an encrypted key.
    ///   - authorities: `nil` when no client is asked for a certificate.
    ///   - revocations: Revocation lists of the authorities, PEM or DER; of no use without authorities.
    /// - Throws: `CertificateError` for what cannot be served; ``check(at:)`` asks for more.
    package init(
        certificate: [UInt8], key: [UInt8], passphrase: String? = nil, authorities: [UInt8]? = nil,
        revocations: [UInt8]? = nil
    ) throws(CertificateError) {
        chain = try CertificateChain(pem: certificate)
        self.key = try PrivateKey(pem: key, passphrase: passphrase)
        guard self.key.belongs(to: chain.leaf) else {
            throw CertificateError(
                .keyMismatch, "The key does not belong to the certificate. The server's certificate must come first.")
        }
        openKey =
            PEMText.holdsPrivateKey(certificate)
            ? .certificate : PEMText.holdsPrivateKey(authorities ?? []) ? .authorities : nil
        self.authorities = try authorities.map { (bytes) throws(CertificateError) in try Self.authorities(bytes) }
        if let lists = revocations, let authorities = self.authorities {
            self.revocations = try RevocationLists(lists, of: authorities)
        } else {
            self.revocations = nil
        }
        served = try Self.served(chain, .certificate)
        trusted =
            try self.authorities.map { (chain) throws(CertificateError) in
                try Self.served(chain, .authorities)
            } ?? []
        do {
            servedKey = try NIOSSLPrivateKey(bytes: Array(self.key.pem.utf8), format: .pem)
        } catch {
            throw Self.unservable(self.key)
        }
        guard Self.servableCurves.contains(self.key.bits) || self.key.type != .ec else {
            throw Self.unservable(self.key)
        }
        _ = try context { _ in }
    }

    /// Certificates of authorities as a server takes them, without asking what they are for.
    static func authorities(_ bytes: [UInt8]) throws(CertificateError) -> CertificateChain {
        do throws(CertificateError) {
            return try CertificateChain(pem: bytes)
        } catch {
            throw error.inPart(.authorities)
        }
    }

    /// A server's context; the closure sets what is not about certificates.
    package func context(_ configure: (inout TLSConfiguration) -> Void) throws(CertificateError) -> NIOSSLContext {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: served.map { .certificate($0) }, privateKey: .privateKey(servedKey))
        configuration.trustRoots = .certificates(trusted)
        configure(&configuration)
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw Self.unservable(key)
        }
    }

    /// Asks for what is expected of a certificate that is about to be used: valid now, keys of a good size, each issuer
    /// behind what it issued, made for servers, and no key beside it.
    ///
    /// - Throws: `CertificateError`, the first fault that was found.
    package func check(at now: Date) throws(CertificateError) {
        if let openKey { throw .keyAmongCertificates(in: openKey) }
        try chain.checkForServing(at: now)
    }

    private static func served(
        _ chain: CertificateChain, _ part: CertificateError.Part
    ) throws(CertificateError) -> [NIOSSLCertificate] {
        var served: [NIOSSLCertificate] = []
        for certificate in chain.certificates {
            do {
                served.append(try NIOSSLCertificate(bytes: certificate.der, format: .der))
            } catch {
                throw CertificateError(
                    .notServable, "The TLS server cannot use the certificate \"\(certificate.subject)\".", in: part)
            }
        }
        return served
    }

    private static func unservable(_ key: PrivateKey) -> CertificateError {
        CertificateError(
            .notServable,
            "The TLS server cannot use a \(key). It takes RSA of 2048 bits and more, EC on P-256, P-384 and P-521, and "
                + "Ed25519.", in: .key)
    }

    /// Sizes of P-256, P-384 and P-521.
    private static let servableCurves: Set<Int> = [256, 384, 521]
}
