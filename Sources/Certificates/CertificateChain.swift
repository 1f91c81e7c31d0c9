import COpenSSL

/// One or more certificates as they stand in a PEM file.
package struct CertificateChain: Sendable, Hashable {
    /// Largest file that is read, in bytes.
    package static let sizeLimit = 1 << 20

    /// In the order of the file, never empty.
    package let certificates: [Certificate]
    /// The first certificate, the one that the key belongs to.
    package let leaf: Certificate

    /// A chain of one certificate.
    package init(of leaf: Certificate) {
        certificates = [leaf]
        self.leaf = leaf
    }

    /// Reads all certificates of a PEM text. Other blocks and text between the blocks are skipped.
    ///
    /// - Throws: `CertificateError` `certificateUnreadable`, also for a text without a certificate and for one that is
    ///   larger than `sizeLimit`.
    package init(pem: String) throws(CertificateError) {
        try self.init(pem: Array(pem.utf8))
    }

    /// The same of a file's bytes, whatever encoding the text between the blocks is in; a byte order mark is skipped.
    package init(pem: [UInt8]) throws(CertificateError) {
        guard pem.count <= Self.sizeLimit else {
            throw CertificateError(
                .certificateUnreadable,
                "The file is too large for a chain of certificates: it has more than \(Self.sizeLimit >> 20) MiB.")
        }
        let encoded = try Self.blocks(of: PEMText.plain(pem))
        var certificates: [Certificate] = []
        for der in encoded { certificates.append(try Certificate(der: der)) }
        guard let leaf = certificates.first else {
            throw CertificateError(.certificateUnreadable, Self.nothing(in: pem))
        }
        self.certificates = certificates
        self.leaf = leaf
    }

    /// All certificates as PEM blocks.
    package var pem: String { certificates.map(\.pem).joined() }

    /// All certificates one after the other in DER.
    var der: [UInt8] { certificates.flatMap(\.der) }

    private static func nothing(in bytes: [UInt8]) -> String {
        if bytes.isEmpty { return "The certificate is empty." }
        guard !PEMText.isDER(bytes) else {
            return "The certificate is in DER form; PEM is needed: openssl x509 -inform der -in FILE -out FILE.pem."
        }
        return "There is no certificate in PEM form; it starts with -----BEGIN CERTIFICATE-----."
    }

    private final class Blocks {
        var found: [[UInt8]] = []
    }

    private static func blocks(of pem: ArraySlice<UInt8>) throws(CertificateError) -> [[UInt8]] {
        let blocks = Blocks()
        let context = Unmanaged.passUnretained(blocks).toOpaque()
        let count = pem.withBytes { text in
            confd_pem_certificates(text.baseAddress, text.count, context) { context, _, bytes, count in
                guard let context else { return }
                Unmanaged<Blocks>.fromOpaque(context).takeUnretainedValue()
                    .found.append(Array(UnsafeBufferPointer(start: bytes, count: count)))
            }
        }
        guard count >= 0 else {
            throw CertificateError(.certificateUnreadable, "A certificate in the file is damaged or cut off.")
        }
        return blocks.found
    }
}
