import Certificates
import HTTPServer
package import HTTPTypes
package import Hummingbird
import Values

/// The session a browser carries in its cookie `__Host-confd`.
///
/// A browser adds cookies to whatever a page makes it send. What changes something is therefore taken only from a page of
/// this server that knows a value bound to the session, which no cookie carries.
package struct SessionCookie: Sendable {
    /// The session's token.
    package let token: String

    /// The cookie of a request, `nil` when there is none.
    package init?(_ request: Request) {
        for field in request.headers[values: .cookie] {
            for pair in field.split(separator: ";") {
                let pair = pair.trimmingBlanks
                guard pair.hasPrefix(Self.prefix), pair.utf8.count > Self.prefix.utf8.count else { continue }
                self.init(token: String(pair.dropFirst(Self.prefix.count)))
                return
            }
        }
        return nil
    }

    package init(token: String) {
        self.token = token
    }

    /// What `Confd-CSRF` has to hold in this session.
    package var antiForgeryValue: String {
        Hex.text(HMAC.sha256(key: Array(token.utf8), message: Array("Confd-CSRF".utf8)))
    }

    /// Sets the cookie; it goes when the browser is closed, and its session ends by itself.
    package var setting: String { "\(Self.prefix)\(token); \(Self.attributes)" }

    /// Takes the cookie away.
    package static let removal = "\(prefix); Max-Age=0; \(attributes)"

    /// Refuses a change that a page of another site, or a page without the session's value, asks for.
    ///
    /// - Throws: ``Problem`` `cross-site` or `csrf-token-invalid`.
    package func requireOwnPage(_ request: Request) throws(Problem) {
        let site = request.headers[.secFetchSite]
        guard request.isOfOwnOrigin ?? (site == "same-origin"), site ?? "same-origin" == "same-origin" else {
            throw Problem(
                .crossSite,
                "With a cookie, changes are taken from pages of this server only: send Origin or Sec-Fetch-Site.")
        }
        let shown = Array((request.headers[.confdCSRF] ?? "").utf8)
        guard ConstantTime.equal(shown, Array(antiForgeryValue.utf8)) else {
            throw Problem(
                .csrfTokenInvalid, "With a cookie, changes need the header Confd-CSRF with the session's csrf_token.")
        }
    }

    private static let prefix = "__Host-confd="
    private static let attributes = "Path=/; Secure; HttpOnly; SameSite=Strict"
}

extension HTTPField.Name {
    /// Proves that a page of this server made the request.
    package static let confdCSRF = HTTPField.Name("Confd-CSRF") ?? .origin
}
