import AsyncHTTPClient
import NIOCore
import NIOSSL

extension HTTPClient {
    /// A client that trusts what these authorities have issued, or the system's when there are none.
    convenience init(_ place: Place, authorities: [NIOSSLCertificate], identity: Identity?) {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.show(identity)
        if !authorities.isEmpty { tls.trustRoots = .certificates(authorities) }
        if place.trustsAnyCertificate { tls.certificateVerification = .none }
        self.init(eventLoopGroupProvider: .singleton, configuration: Self.configuration(tls))
    }

    /// A client that trusts exactly these certificates, whatever their names: no request leaves on any other connection.
    convenience init(pinned: [NIOSSLCertificate], identity: Identity?) {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.show(identity)
        tls.certificateVerification = .none
        var configuration = Self.configuration(tls)
        configuration.http1_1ConnectionDebugInitializer = { channel in
            channel.nioSSL_peerCertificate().flatMapThrowing { shown in
                guard let shown, pinned.contains(shown) else { throw NIOSSLError.unableToValidateCertificate }
            }
        }
        self.init(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    private static func configuration(_ tls: TLSConfiguration) -> Configuration {
        var configuration = Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(10), read: .seconds(330)))
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        return configuration
    }
}
