import NIOSSL
import Synchronization

/// The certificate new HTTPS connections are shown; replaced while the service runs.
final class ServerCertificate: Sendable {
    private let state = Mutex<NIOSSLContext?>(nil)

    /// `nil` before there was a usable certificate.
    var context: NIOSSLContext? { state.withLock { $0 } }

    /// - Throws: the reason why certificate and key cannot be used; the former ones stay.
    func replace(chain: [UInt8], key: [UInt8]) throws {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMBytes(chain).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: key, format: .pem)))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        let context = try NIOSSLContext(configuration: configuration)
        state.withLock { $0 = context }
    }
}
