import Certificates
import NIOSSL
import Synchronization

/// The certificate new HTTPS connections are shown; replaced while the service runs.
final class ServerCertificate: Sendable {
    private let state = Mutex<NIOSSLContext?>(nil)

    /// `nil` before there was a usable certificate.
    var context: NIOSSLContext? { state.withLock { $0 } }

    /// - Throws: why it cannot be used; the former one stays.
    func replace(with material: TLSMaterial) throws(CertificateError) {
        let context = try material.context { configuration in
            configuration.minimumTLSVersion = .tlsv12
            configuration.applicationProtocols = ["http/1.1"]
        }
        state.withLock { $0 = context }
    }
}
