/// Why a certificate, a key or the two together cannot be used. Never holds key material.
package struct CertificateError: Error, Sendable, Hashable {
    /// The kind of fault, for code that reacts to it; people are told the message.
    package enum Code: String, Sendable, Hashable, CaseIterable {
        /// No certificate in PEM, or a malformed one.
        case certificateUnreadable
        /// No private key in PEM, or a malformed one.
        case keyUnreadable
        /// The key is encrypted and no passphrase was given.
        case passphraseNeeded
        case passphraseWrong
        /// The key does not belong to the first certificate.
        case keyMismatch
        case expired
        case notYetValid
        /// RSA below 2048 bits.
        case weakKey
        /// Signed with a digest that can be forged, such as SHA-1.
        case weakSignature
        /// A certificate of the chain was not issued by the one after it.
        case chainOrder
        /// The chain does not lead to a certificate of the authority file.
        case untrusted
        /// Its authority took it back.
        case revoked
        /// The authority file holds a certificate that must not issue others.
        case notAuthority
        /// The extended key usage does not allow what the certificate is for.
        case usageNotAllowed
        /// What was asked to be issued cannot be: a bad name, dates in the wrong order.
        case requestInvalid
        /// A private key stands among the certificates.
        case keyInCertificate
        /// Well-formed, but beyond what the TLS server can use.
        case notServable
        /// Clients are to be verified and nothing says by whom.
        case authoritiesMissing
        /// No revocation list, a malformed one, or one that does not tell of all certificates of its issuer.
        case revocationsUnreadable
        /// OpenSSL failed for no reason of ours.
        case systemFailure
    }

    /// The file, and the parameter of a job, that is at fault.
    package enum Part: String, Sendable, Hashable, CaseIterable {
        case certificate
        case key
        case authorities
        case revocations
    }

    /// What kind of fault it is; of several the first that was found.
    package let code: Code
    /// One or two sentences that say what is wrong and what to do.
    package let message: String
    /// Where to look for it.
    package let part: Part

    /// The message is shown to the operator unchanged: it must hold no key and no passphrase.
    ///
    /// - Parameter part: Left out, the one the code is always about.
    package init(_ code: Code, _ message: String, in part: Part? = nil) {
        self.code = code
        self.message = message
        self.part = part ?? code.usualPart
    }
}

extension CertificateError: CustomStringConvertible {
    package var description: String { message }
}

extension CertificateError.Code {
    fileprivate var usualPart: CertificateError.Part {
        switch self {
        case .keyUnreadable, .passphraseNeeded, .passphraseWrong, .keyMismatch: .key
        case .notAuthority, .authoritiesMissing: .authorities
        case .revocationsUnreadable: .revocations
        default: .certificate
        }
    }
}

extension CertificateError {
    /// A private key stands where everybody may read it.
    static func keyAmongCertificates(in part: Part) -> CertificateError {
        CertificateError(
            .keyInCertificate,
            "A private key stands among the certificates, which everybody may read. Take it out, and use another one if "
                + "others could read it.", in: part)
    }

    /// The same of certificates that are not the server's own.
    func inPart(_ part: Part) -> CertificateError { CertificateError(code, message, in: part) }
}
