/// Passwords that are stored as base64 of the plain text: buckets, synchronisation keys, remote volumes.
package enum EncodedPassword {
    /// The stored form: unchanged when the text already decodes to UTF-8, otherwise encoded.
    package static func stored(_ given: String) -> String {
        if let bytes = Base64.decode(given), String(validating: bytes, as: UTF8.self) != nil { return given }
        return Base64.encode(given.utf8)
    }

    /// The plain text of a stored value; nil when it is not base64 of UTF-8 text.
    package static func plain(_ stored: String) -> String? {
        Base64.decode(stored).flatMap { String(validating: $0, as: UTF8.self) }
    }
}
