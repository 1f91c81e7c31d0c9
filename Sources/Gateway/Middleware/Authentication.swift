package import Access
import Certificates
import EXAConf
import HTTPTypes
package import Hummingbird

extension HTTPField.Name {
    /// Browsers say with it whose page made the request.
    static var secFetchSite: HTTPField.Name { HTTPField.Name("Sec-Fetch-Site") ?? .origin }
    /// Root on a local socket names with it the user he wants to act as; it means nothing anywhere else.
    static let confdUser = HTTPField.Name("Confd-User") ?? .from
}

/// Finds out who makes a request, from its `Authorization` field.
package struct Authentication: Sendable {
    private let logins: LoginService

    /// Passwords, tokens and lockouts are looked up in `logins`; nothing is remembered here.
    package init(_ logins: LoginService) {
        self.logins = logins
    }

    /// Who makes a request of this route: as ``principal(of:_:)`` finds out, or on the REST face by a browser's cookie.
    ///
    /// - Throws: `AccessError`, and ``Problem`` for a change that is asked for by another page than one of the session.
    func principal(of request: Request, _ peer: PeerConnection, for route: Route) async throws -> Principal {
        guard route.face == .rest else { return try await principal(of: request, peer) }
        let principal = try await principal(orCookieOf: request, peer)
        if !route.isSafe, request.headers[.authorization] == nil {
            try SessionCookie(request)?.requireOwnPage(request)
        }
        return principal
    }

    /// Who makes a request of the REST face that changes nothing, or goes on with one that was let in: as
    /// ``principal(of:_:)`` finds out, or by a browser's cookie.
    ///
    /// - Throws: as ``principal(of:_:)``.
    func principal(orCookieOf request: Request, _ peer: PeerConnection) async throws(AccessError) -> Principal {
        guard request.headers[.authorization] == nil, let cookie = SessionCookie(request) else {
            return try await principal(of: request, peer)
        }
        return try await logins.authenticate(sessionToken: cookie.token, from: peer.address)
    }

    /// Whether a request shows anything by which its maker could be known; what can be no credential does not count.
    static func hasCredentials(_ request: Request, _ peer: PeerConnection) -> Bool {
        if let field = request.headers[.authorization] {
            return possibleCredential(field) != nil
        }
        return peer.localUserID != nil || peer.tls.clientCertificate != nil
            || SessionCookie(request).map { LoginService.isPossible(.bearer(token: $0.token)) } ?? false
    }

    /// Who makes the request, by Basic or Bearer, or else by the account at the other end of a local socket or the
    /// certificate the client showed in the handshake.
    ///
    /// - Throws: `authenticationFailed` for absent, unreadable and wrong credentials alike, `rateLimited`, `unavailable`.
    package func principal(of request: Request, _ peer: PeerConnection) async throws(AccessError) -> Principal {
        if let field = request.headers[.authorization] {
            guard let credential = Self.possibleCredential(field) else { throw .authenticationFailed }
            return try await logins.authenticate(credential, from: peer.address)
        }
        if let userID = peer.localUserID {
            return try await logins.recognise(peer: userID, as: request.headers[.confdUser], from: peer.address)
        }
        guard let user = Self.user(of: peer.tls.clientCertificate) else { throw .authenticationFailed }
        return try await logins.recognise(user: user, method: .certificate, from: peer.address)
    }

    /// The user a verified client certificate names: its common name, or its first alternative name without one.
    private static func user(of certificate: [UInt8]?) -> String? {
        guard let certificate, let read = try? Certificate(der: certificate) else { return nil }
        if let name = read.commonName, !name.isEmpty { return name }
        return read.names.first?.text
    }

    /// Refuses what a browser sends on behalf of another site's page: it would add the login it remembers.
    ///
    /// Older browsers name only the page's origin, newer ones also its relation to us. Programs that are no browsers send
    /// neither and are not concerned.
    ///
    /// - Throws: ``Problem`` `cross-site`.
    static func refuseCrossSite(_ request: Request) throws(Problem) {
        let site = request.headers[.secFetchSite] ?? "none"
        guard request.isOfOwnOrigin == false || !["same-origin", "none"].contains(site) else { return }
        throw Problem(.crossSite, "Requests that change something are not taken from pages of other sites.")
    }

    /// The same without tokens that nobody can have been given; they are not worth being looked up.
    private static func possibleCredential(_ field: String) -> Credential? {
        credential(field).flatMap { LoginService.isPossible($0) ? $0 : nil }
    }

    /// What an `Authorization` field shows, `nil` when it is neither Basic nor Bearer or cannot be read.
    package static func credential(_ field: String) -> Credential? {
        guard let blank = field.utf8.firstIndex(of: UInt8(ascii: " ")) else { return nil }
        let rest = field[field.utf8.index(after: blank)...].trimmingBlanks
        switch field[..<blank].lowercased() {
        case "basic": return basic(String(rest))
        case "bearer": return rest.isEmpty ? nil : .bearer(token: String(rest))
        default: return nil
        }
    }

    private static func basic(_ encoded: String) -> Credential? {
        guard let bytes = Base64.decode(encoded), let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
            let user = String(validating: bytes[..<colon], as: UTF8.self), !user.isEmpty
        else { return nil }
        return .basic(user: user, password: Password(bytes: bytes[(colon + 1)...]))
    }
}

extension Request {
    /// Whether the page that makes the request is one of this server; `nil` when it does not name its origin.
    var isOfOwnOrigin: Bool? {
        headers[.origin].map { $0.lowercased() == "https://\(head.authority ?? "")".lowercased() }
    }
}
