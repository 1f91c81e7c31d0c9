package import Access
import Certificates
import HTTPServer
import HTTPTypes
import Hummingbird
import Values

extension HTTPField.Name {
    /// Browsers say with it whose page made the request.
    static var secFetchSite: HTTPField.Name { HTTPField.Name("Sec-Fetch-Site") ?? .origin }
    /// Root on a local socket names with it the user to act as; it means nothing anywhere else.
    static let confdUser = HTTPField.Name("Confd-User") ?? .from
}

/// Finds out who makes a request, from its `Authorization` field.
package struct Authentication: Sendable {
    private let logins: LoginService

    /// Passwords, tokens and lockouts are looked up in `logins`; nothing is remembered here.
    package init(_ logins: LoginService) {
        self.logins = logins
    }

    /// What a request shows by which its maker may be known; what can be no credential counts as nothing.
    enum Proof {
        /// By Basic or Bearer.
        case credential(Credential)
        /// By a browser's cookie.
        case session(SessionCookie)
        /// By the account at the other end of a local socket.
        case peer(userID: Int)
        /// By the certificate shown in the handshake.
        case certificate([UInt8])
        case nothing
    }

    /// What a request of an API shows; a cookie counts on the REST API alone.
    static func proof(in request: Request, _ peer: PeerConnection, on interface: Route.Interface) -> Proof {
        if let field = request.headers[.authorization] {
            return possibleCredential(field).map(Proof.credential) ?? .nothing
        }
        if interface == .rest, let cookie = SessionCookie(request) {
            return LoginService.isPossible(.bearer(token: cookie.token)) ? .session(cookie) : .nothing
        }
        if let userID = peer.localUserID { return .peer(userID: userID) }
        return peer.tls.clientCertificate.map(Proof.certificate) ?? .nothing
    }

    /// Who makes a request of this route, by what it shows.
    ///
    /// - Throws: `authenticationFailed` for absent, unreadable and wrong credentials alike, `rateLimited`, `unavailable`, and
    ///   ``Problem`` for a change that is asked for by another page than one of the session.
    func principal(
        of request: Request, _ peer: PeerConnection, for route: Route, showing proof: Proof
    ) async throws -> Principal {
        switch proof {
        case .credential(let credential): return try await logins.authenticate(credential, from: peer.address)
        case .session(let cookie):
            let principal = try await logins.authenticate(sessionToken: cookie.token, from: peer.address)
            if !route.isSafe { try cookie.requireOwnPage(request) }
            return principal
        case .peer(let userID):
            return try await logins.recognise(peer: userID, as: request.headers[.confdUser], from: peer.address)
        case .certificate(let certificate):
            guard let (user, id) = Self.user(of: certificate) else { throw AccessError.authenticationFailed }
            return try await logins.recognise(user: user, method: .certificate, certificate: id, from: peer.address)
        case .nothing: throw AccessError.authenticationFailed
        }
    }

    /// The user a verified client certificate names: its common name, or its first alternative name without one.
    private static func user(of certificate: [UInt8]) -> (name: String, id: CertificateID)? {
        guard let read = try? Certificate(der: certificate) else { return nil }
        if let name = read.commonName, !name.isEmpty { return (name, read.id) }
        return read.names.first.map { ($0.text, read.id) }
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
        switch AuthorizationField(field) {
        case .basic(let given)?:
            guard let user = String(validating: given.user, as: UTF8.self), !user.isEmpty else { return nil }
            return .basic(user: user, password: Password(bytes: given.password))
        case .bearer(let token)?: return .bearer(token: token)
        case nil: return nil
        }
    }
}

extension Request {
    /// Whether the page that makes the request is one of this server; `nil` when it does not name its origin.
    var isOfOwnOrigin: Bool? {
        headers[.origin].map { $0.lowercased() == "https://\(head.authority ?? "")".lowercased() }
    }
}
