import Values

/// A certificate as its issuer's revocation lists name it: the issuer and a number the issuer gave once.
package struct CertificateID: Sendable, Hashable {
    /// The issuer's name in DER.
    package let issuer: [UInt8]
    /// Lower-case hexadecimal digits.
    package let serialNumber: String

    /// Nothing is checked.
    package init(issuer: [UInt8], serialNumber: String) {
        self.issuer = issuer
        self.serialNumber = serialNumber
    }

    /// Reads what ``text`` says; nil for anything else.
    package init?(text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let issuer = Hex.bytes(parts[0]), Hex.bytes(parts[1]) != nil else { return nil }
        self.init(issuer: issuer, serialNumber: String(parts[1]))
    }

    /// Hexadecimal digits of the issuer's name and of the number, with a colon between.
    package var text: String { "\(Hex.text(issuer)):\(serialNumber)" }
}
