import Certificates
import Values

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
