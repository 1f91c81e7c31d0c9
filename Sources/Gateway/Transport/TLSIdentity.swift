import Glibc
import NIOCore
import NIOSSL

/// What the server shows and asks for in a TLS handshake, all as PEM bytes.
package struct TLSIdentity: Sendable, Equatable {
    /// The server's certificate first, then the authorities above it.
    package var certificateChain: [UInt8]
    /// The key of the first certificate, encrypted or not.
    package var privateKey: [UInt8]
    /// For an encrypted key; ignored when the key is not.
    package var passphrase: [UInt8]?
    /// Authorities whose client certificates are believed; needed unless `clientCertificates` is `.none`.
    package var clientAuthorities: [UInt8]?
    /// What `[SSL] CertVerify` says.
    package var clientCertificates: ClientCertificatePolicy

    /// Nothing is checked here: reading and matching happen when contexts are made of it.
    package init(
        certificateChain: [UInt8],
        privateKey: [UInt8],
        passphrase: [UInt8]? = nil,
        clientAuthorities: [UInt8]? = nil,
        clientCertificates: ClientCertificatePolicy = .none
    ) {
        self.certificateChain = certificateChain
        self.privateKey = privateKey
        self.passphrase = passphrase
        self.clientAuthorities = clientAuthorities
        self.clientCertificates = clientCertificates
    }
}

extension TLSIdentity {
    /// TLS 1.2 with forward secrecy and authenticated encryption only; the suites of TLS 1.3 are fixed by the protocol.
    private static let cipherSuites: [NIOTLSCipher] = [
        .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ]

    /// - Parameter now: seconds since 1970 at which the server's certificate must be valid; `nil` leaves its dates alone.
    func makeContext(validAt now: time_t?) throws(TLSError) -> NIOSSLContext {
        let chain = try readChain()
        if let now, let leaf = chain.first { try Self.checkDates(of: leaf, at: now) }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(try readKey()))
        configuration.minimumTLSVersion = .tlsv12
        configuration.cipherSuiteValues = Self.cipherSuites
        configuration.applicationProtocols = ["h2", "http/1.1"]
        configuration.shutdownTimeout = .seconds(2)
        configuration.trustRoots = .certificates(try readClientAuthorities())
        configuration.sendCANameList = true
        configuration.certificateVerification =
            switch clientCertificates {
            case .none: .none
            case .optional: .optionalVerification
            case .required: .noHostnameVerification
            }
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw TLSError(
                code: .keyDoesNotMatch,
                message:
                    "The private key does not belong to the first certificate of the chain; give the matching pair.")
        }
    }

    /// When the server's certificate ends, in seconds since 1970; `nil` when it cannot be read.
    var notValidAfter: Int? { (try? readChain())?.first.map { Int($0.notValidAfter) } }

    private func readChain() throws(TLSError) -> [NIOSSLCertificate] {
        let unreadable = TLSError(
            code: .certificateUnreadable,
            message: "The certificate is not readable PEM; give the server's certificate followed by its chain.")
        let chain: [NIOSSLCertificate]
        do { chain = try NIOSSLCertificate.fromPEMBytes(certificateChain) } catch { throw unreadable }
        if chain.isEmpty { throw unreadable }
        return chain
    }

    private func readKey() throws(TLSError) -> NIOSSLPrivateKey {
        let passphrase = self.passphrase ?? []
        do {
            return try NIOSSLPrivateKey(bytes: privateKey, format: .pem) { setPassphrase in setPassphrase(passphrase) }
        } catch {
            let advice =
                self.passphrase == nil
                ? "give an unencrypted PEM key, or its passphrase" : "check the file and its passphrase"
            throw TLSError(code: .keyUnreadable, message: "The private key cannot be read; \(advice).")
        }
    }

    private func readClientAuthorities() throws(TLSError) -> [NIOSSLCertificate] {
        if clientCertificates == .none { return [] }
        guard let clientAuthorities, !clientAuthorities.isEmpty else {
            throw TLSError(
                code: .clientAuthoritiesMissing,
                message: "Client certificates are to be verified, but no authority is given; set CertAuth.")
        }
        let unreadable = TLSError(
            code: .clientAuthoritiesUnreadable,
            message: "The bundle of client authorities is not readable PEM; give one or more CA certificates.")
        let authorities: [NIOSSLCertificate]
        do { authorities = try NIOSSLCertificate.fromPEMBytes(clientAuthorities) } catch { throw unreadable }
        if authorities.isEmpty { throw unreadable }
        return authorities
    }

    private static func checkDates(of certificate: NIOSSLCertificate, at now: time_t) throws(TLSError) {
        if certificate.notValidAfter < now {
            throw TLSError(code: .certificateExpired, message: "The certificate has expired; give a valid one.")
        }
        if certificate.notValidBefore > now {
            throw TLSError(
                code: .certificateNotYetValid,
                message: "The certificate is not valid yet; check its dates and this node's clock.")
        }
    }
}
