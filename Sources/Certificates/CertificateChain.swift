import COpenSSL

/// One or more certificates as they stand in a PEM file.
package struct CertificateChain: Sendable, Hashable {
    /// Largest file that is read, in bytes.
    package static let sizeLimit = 1 << 20

    /// In the order of the file, never empty.
    package let certificates: [Certificate]
    /// The first certificate, the one that the key belongs to.
    package let leaf: Certificate

    /// Reads all certificates of a PEM text. Other blocks and text between the blocks are skipped.
    ///
    /// - Throws: `CertificateError` `certificateUnreadable`, also for a text without a certificate and for one that is
    ///   larger than `sizeLimit`.
    package init(pem: String) throws(CertificateError) {
        guard pem.utf8.count <= Self.sizeLimit else {
            throw CertificateError(.certificateUnreadable, "The file is too large for a chain of certificates.")
        }
        let encoded = try Self.blocks(of: pem)
        var certificates: [Certificate] = []
        for der in encoded { certificates.append(try Certificate(der: der)) }
        guard let leaf = certificates.first else {
            throw CertificateError(
                .certificateUnreadable,
                "There is no certificate in PEM form; it starts with -----BEGIN CERTIFICATE-----.")
        }
        self.certificates = certificates
        self.leaf = leaf
    }

    /// All certificates as PEM blocks.
    package var pem: String { certificates.map(\.pem).joined() }

    /// All certificates one after the other in DER.
    var der: [UInt8] { certificates.flatMap(\.der) }

    private final class Blocks {
        var found: [[UInt8]] = []
    }

    private static func blocks(of pem: String) throws(CertificateError) -> [[UInt8]] {
        let blocks = Blocks()
        let context = Unmanaged.passUnretained(blocks).toOpaque()
        let count = pem.utf8.withBytes { text in
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
