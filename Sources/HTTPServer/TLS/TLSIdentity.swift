package import Certificates
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
    /// What those authorities took back, as revocation lists in PEM or DER; `nil` when nobody looks at that.
    package var clientRevocations: [UInt8]?
    /// What `[SSL] CertVerify` says.
    package var clientCertificates: ClientCertificatePolicy
    /// Believes no client's certificate where authorities are missing, in place of being unusable: what `CertVerify`
    /// demands holds, and nobody meets it.
    package var trustsNobody = false

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

    /// What its bytes hold.
    ///
    /// - Throws: `CertificateError` for what cannot be served, or an authority that is needed and missing.
    package func material() throws(CertificateError) -> TLSMaterial {
        let asksClients = clientCertificates != .none
        let believesSome = asksClients && !trustsNobody
        if believesSome, clientAuthorities?.isEmpty ?? true {
            throw CertificateError(
                .authoritiesMissing, "Client certificates are to be verified, but no authority is given; set CertAuth.")
        }
        return try TLSMaterial(
            certificate: certificateChain, key: privateKey,
            passphrase: passphrase.map { String(decoding: $0, as: UTF8.self) },
            authorities: believesSome ? clientAuthorities : nil, revocations: believesSome ? clientRevocations : nil)
    }

    func makeContext(of material: TLSMaterial) throws(CertificateError) -> NIOSSLContext {
        try material.context { configuration in
            configuration.minimumTLSVersion = .tlsv12
            configuration.cipherSuiteValues = Self.cipherSuites
            configuration.applicationProtocols = ["h2", "http/1.1"]
            configuration.shutdownTimeout = .seconds(2)
            configuration.sendCANameList = true
            configuration.certificateVerification =
                switch clientCertificates {
                case .none: .none
                case .optional: .optionalVerification
                case .required: .noHostnameVerification
                }
        }
    }
}

/// Whether a client is asked for a certificate of its own, with the words of `[SSL] CertVerify`.
package enum ClientCertificatePolicy: String, Sendable, CaseIterable {
    /// Not asked for.
    case none
    /// Asked for; a client without one is let in, one with a certificate of another authority is refused.
    case optional
    /// A client without a valid certificate is refused in the handshake.
    case required
}
