import Access
import Certificates
import EXAConf
import FoundationEssentials
import JobEngine
import NodeCommands

extension CertificateRenew: NodeAction {
    /// Names and type of the key are those of the former certificate.
    ///
    /// - Throws: `refused` unless the daemon made the certificate that is there; `failed` with code 2 for an unfit path, with
    ///   code 1 for a file that cannot be read or written; `cancelled` or `timedOut` between two files.
    func run(_ call: ActionCall) throws(ActionError) -> Answer {
        let (certificate, key) = (
            try call.path(certificatePath, .certificate), try call.path(keyPath, .certificate)
        )
        guard certificate != key else {
            throw .failed(code: 2, message: "Certificate and key need a file each; give different paths.")
        }
        let former = try ActionError.reporting { () throws(InstallError) in
            (certificate: try call.files.read(certificate), key: try call.files.read(key))
        }
        guard let chain = former.certificate.flatMap({ try? CertificateChain(pem: $0) }),
            chain.certificates.count == 1, chain.leaf.isMadeByDaemon,
            let own = former.key.flatMap({ try? PrivateKey(pem: $0) }), own.belongs(to: chain.leaf)
        else {
            throw .refused(
                JobError(
                    .objectMissing,
                    "The daemon did not make the certificate \(certificate), so it is not renewed: bring a new one with "
                        + "cert_update."))
        }
        let issued: IssuedCertificate
        do throws(CertificateError) {
            issued = try SelfSigned.renewed(
                chain.leaf, now: Date(timeIntervalSince1970: Double(call.time.now) / 1000))
        } catch {
            throw .failed(code: 1, message: error.message)
        }
        try call.exchange.install(
            [
                .init(path: certificate, bytes: Array(issued.certificatePEM.utf8), mode: 0o644),
                .init(path: key, bytes: Array(issued.keyPEM.utf8), mode: 0o600),
            ], check: call.check)
        return Answer(fingerprint: issued.certificate.fingerprint)
    }
}
