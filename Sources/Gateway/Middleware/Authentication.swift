package import Access
import EXAConf
import HTTPTypes
package import Hummingbird

/// Finds out who makes a request, from its `Authorization` field.
package struct Authentication: Sendable {
    private let logins: LoginService

    package init(_ logins: LoginService) {
        self.logins = logins
    }

    /// Who makes the request, by Basic or Bearer.
    ///
    /// - Throws: `authenticationFailed` for absent, unreadable and wrong credentials alike, `rateLimited`, `unavailable`.
    package func principal(of request: Request, _ peer: PeerConnection) async throws(AccessError) -> Principal {
        guard let field = request.headers[.authorization], let credential = Self.credential(field) else {
            throw .authenticationFailed
        }
        return try await logins.authenticate(credential, from: peer.address)
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
