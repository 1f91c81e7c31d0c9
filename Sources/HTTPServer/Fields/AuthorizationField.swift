package import Values

/// What an `Authorization` field shows (RFC 9110, 11.6.2).
package enum AuthorizationField: Sendable {
    /// User and password (RFC 7617).
    case basic(BasicCredentials)
    /// A token (RFC 6750), which is not empty.
    case bearer(String)

    /// `nil` for another scheme, and for what cannot be read.
    package init?(_ field: String) {
        guard let blank = field.utf8.firstIndex(of: UInt8(ascii: " ")) else { return nil }
        let rest = field[field.utf8.index(after: blank)...].trimmingBlanks
        switch field[..<blank].lowercased() {
        case "basic":
            guard let given = BasicCredentials(String(rest)) else { return nil }
            self = .basic(given)
        case "bearer" where !rest.isEmpty: self = .bearer(String(rest))
        default: return nil
        }
    }
}
