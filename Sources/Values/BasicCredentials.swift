/// User and password as a field `Authorization: Basic …` shows them (RFC 7617), in bytes of any encoding.
package struct BasicCredentials: Sendable {
    /// What stands before the first colon, which may be nothing.
    package let user: [UInt8]
    /// What stands behind it, further colons included.
    package let password: [UInt8]

    /// Reads what stands behind the word `Basic`; `nil` for what is no strict base64 of a pair.
    package init?(_ encoded: some StringProtocol) {
        guard let pair = Base64.decode(encoded.utf8), let colon = pair.firstIndex(of: UInt8(ascii: ":")) else {
            return nil
        }
        user = Array(pair[..<colon])
        password = Array(pair[(colon + 1)...])
    }
}
