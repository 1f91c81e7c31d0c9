import NIOCore
import NIOSSL

/// What the handshake of a connection settled.
package struct TLSInfo: Hashable, Sendable {
    /// `TLSv1.2` or `TLSv1.3`; `nil` when a test made the request.
    package let version: String?
    /// The client's verified certificate as DER; `nil` when it showed none or was not asked.
    package let clientCertificate: [UInt8]?

    /// Without arguments: a connection of which nothing was settled, as in tests.
    package init(version: String? = nil, clientCertificate: [UInt8]? = nil) {
        self.version = version
        self.clientCertificate = clientCertificate
    }

    init(channel: any Channel) {
        let pipeline = channel.pipeline.syncOperations
        let version: String? =
            switch try? pipeline.nioSSL_tlsVersion() {
            case .tlsv13: "TLSv1.3"
            case .tlsv12: "TLSv1.2"
            default: nil
            }
        self.init(version: version, clientCertificate: try? pipeline.nioSSL_peerCertificate()?.toDERBytes())
    }
}
