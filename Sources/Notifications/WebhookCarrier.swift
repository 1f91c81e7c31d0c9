package import Access
import AsyncHTTPClient
import Certificates
import EXAConf
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Values

/// Posts notices to webhooks.
///
/// A host is looked up first and the connection goes to the address that was checked, so that a name that changes between the
/// two leads nowhere else. Nothing is followed that an answer points to, and what is answered is not kept.
package struct WebhookCarrier: Sendable {
    private let secrets: NotificationSecrets
    private let addresses: OutgoingAddresses
    private let lookup = HostLookup()
    private let time: any TimeSource

    /// From the begin of a connection to the end of the answer.
    private static let patience = TimeAmount.seconds(15)

    /// - Parameter addresses: Which may be told.
    package init(_ secrets: NotificationSecrets, to addresses: OutgoingAddresses, time: any TimeSource) {
        (self.secrets, self.addresses, self.time) = (secrets, addresses, time)
    }

    /// Posts a notice; any answer of 200 to 299 says that it arrived.
    ///
    /// - Parameter text: The address of the target; `nil` for the one in its file.
    /// - Throws: ``DeliveryFault``; one of an answer of 400 to 499 is final, but for those that ask to come again.
    func carry(_ notice: Notice, to target: String, at text: String?) async throws(DeliveryFault) {
        let written: String
        if let text { written = text } else { written = try secrets.address(of: target) }
        guard let address = WebhookAddress(written) else {
            throw DeliveryFault("the address of \(target) is none of HTTP", isFinal: true)
        }
        let found = try await checked(address.host)
        let body = notice.body
        var request = HTTPClientRequest(url: address.text)
        request.method = .POST
        request.headers = ["Content-Type": "application/json", "User-Agent": "confd", "Idempotency-Key": notice.id]
        if let key = try secrets.key(of: target) {
            let signature = WebhookSignature.value(of: body, key: key, at: Int(time.now / 1000))
            request.headers.add(name: WebhookSignature.field, value: signature)
        }
        request.body = .bytes(ByteBuffer(bytes: body))
        let status = try await send(request, configuration(for: address.host, at: found, of: target))
        if (200...299).contains(status) { return }
        // Too early, too many, too slow: later it may be taken.
        let isFinal = (400...499).contains(status) && ![408, 425, 429].contains(status)
        throw DeliveryFault("\(address.host) answered with status \(status)", isFinal: isFinal)
    }

    /// The address to go to: the first, when all of them may be told.
    private func checked(_ host: String) async throws(DeliveryFault) -> String {
        let found = try await lookup.addresses(of: host)
        for text in found {
            guard let address = IPAddress(text) else { continue }
            let named = text == host ? text : "\(host) (\(text))"
            if let fault = addresses.fault(of: address, named: named) { throw DeliveryFault(fault, isFinal: true) }
        }
        return found[0]
    }

    private func configuration(
        for host: String, at address: String, of target: String
    ) throws(DeliveryFault) -> HTTPClient.Configuration {
        var tls = TLSConfiguration.makeClientConfiguration()
        if let file = try secrets.authorities(of: target) { tls.trustRoots = .file(file) }
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow, timeout: .init(connect: Self.patience))
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        if address != host { configuration.dnsOverride = [host: address] }
        return configuration
    }

    private func send(
        _ request: HTTPClientRequest, _ configuration: HTTPClient.Configuration
    ) async throws(DeliveryFault) -> Int {
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let status: Result<Int, DeliveryFault>
        do {
            let response = try await client.execute(request, timeout: Self.patience)
            status = .success(Int(response.status.code))
        } catch let error as HTTPClientError {
            status = .failure(DeliveryFault("there is no answer: \(error.shortDescription)"))
        } catch let error as NIOConnectionError {
            let reason = error.connectionErrors.last.map { "\($0.error)" } ?? "no address"
            status = .failure(DeliveryFault("nothing listens there: \(reason)"))
        } catch is NIOSSLError, is BoringSSLError, is NIOSSLExtraError {
            status = .failure(DeliveryFault("the certificate of the other side is not believed, or it speaks no TLS"))
        } catch {
            // What the system says may have the address in it, which may be a secret.
            status = .failure(DeliveryFault("there is no answer (\(type(of: error)))"))
        }
        try? await client.shutdown()
        return try status.get()
    }
}

/// Proves to who is told that the daemon did it, and when: `t=SECONDS,v1=HEX`, an HMAC-SHA-256 over `SECONDS.BODY`.
package enum WebhookSignature {
    /// The field of the header.
    package static let field = "Confd-Signature"

    /// - Parameters:
    ///   - key: What both know.
    ///   - seconds: Since 1970; who checks refuses what is old, so that nobody can send it again later.
    package static func value(of body: [UInt8], key: [UInt8], at seconds: Int) -> String {
        "t=\(seconds),v1=" + Hex.text(HMAC.sha256(key: key, message: Array("\(seconds).".utf8) + body))
    }
}
