/// Names in front of a `=` that mean a secret, as URLs, start parameters and options have them.
enum SecretName {
    /// Whether what is given for a name is a secret. Only what it ends with counts: `PasswordPolicy` names no password.
    ///
    /// - Parameter isParameter: Whether it is a parameter of a URL, where short words mean more.
    static func covers(_ name: ArraySlice<UInt8>, isParameter: Bool) -> Bool {
        // X-Amz-Signature, x_amz_signature and xAmzSignature are one.
        let letters = name.filter { !"-_.+".utf8.contains($0) }
        let word = String(decoding: letters, as: UTF8.self).lowercased()
        if words.contains(word) || isParameter && parameters.contains(word) { return true }
        return endings.contains { word.hasSuffix($0) }
    }

    private static let words: Set<String> = ["pwd", "pass", "xamzsignature", "xgoogsignature"]

    private static let parameters: Set<String> = ["sig", "signature", "key", "googleaccessid"]

    private static let endings = [
        "password", "passwd", "passphrase", "secret", "token", "credential", "credentials", "apikey", "accesskey",
        "accesskeyid", "secretkey", "accountkey", "privatekey", "sharedaccesssignature",
    ]
}
