/// Which values must not be shown to everybody: by the name they stand under, and by their form.
///
/// It is the one place with these rules. What is made of a text that others read goes through it: jobs, errors, the audit
/// log, views of the configuration, the daemon's log.
package enum Secret {
    /// What is shown in place of a secret.
    package static let mask = "***"

    /// Whether the values of a key are passwords, hashes, tokens or keys.
    ///
    /// - Parameter type: The kind of store the key is a setting of, such as `s3`: an access key is a user name there.
    package static func covers(_ key: String, ofStore type: String? = nil) -> Bool {
        let name = key.lowercased()
        if isAccessKey(key, ofStore: type) { return true }
        // Public keys and paths of key files are no secrets.
        let exceptions = ["certkey", "authorizedkeys", "restapiauthpubkey"]
        guard !exceptions.contains(name) else { return false }
        return ["passw", "token", "credential", "secret", "synckey", "apikey", "privatekey"].contains {
            name.contains($0)
        }
    }

    /// The text with `***` in place of each secret that is told by its form: a password in a URL, a signature, token or
    /// key among its parameters, what is given for `-ldapBindPassword=` and the like, access keys, private keys.
    package static func masked(_ text: String) -> String {
        guard SecretScanner.mayFind(in: text) else { return text }
        let scanner = SecretScanner(text)
        return scanner.ranges.isEmpty ? text : scanner.masked
    }

    /// The value of a key as it is shown, with `***` for the whole or for parts of it.
    package static func masked(_ value: String, of key: String, ofStore type: String? = nil) -> String {
        if value.isEmpty { return value }
        return covers(key, ofStore: type) ? mask : masked(value)
    }

    /// The secrets of a text that are told by their form, without those that are masked.
    package static func found(in text: String) -> [String] {
        SecretScanner.mayFind(in: text) ? SecretScanner(text).texts.filter { $0 != mask } : []
    }

    /// Whether `***` stands in the value of a key where a secret should, so that it is no value to be kept.
    package static func isMasked(_ value: String, of key: String, ofStore type: String? = nil) -> Bool {
        if value == mask { return covers(key, ofStore: type) }
        return SecretScanner.mayFind(in: value) && SecretScanner(value).texts.contains(mask)
    }

    /// The secrets of an address, without those that are masked; none for a text that is more or less than one URL.
    package static func found(inAddress text: String) -> [String] {
        guard let mark = text.firstRange(of: "://"), mark.lowerBound > text.startIndex,
            text[..<mark.lowerBound].utf8.allSatisfy(SecretScanner.isNameByte),
            text.utf8.allSatisfy({ $0 > 0x20 })
        else { return [] }
        return found(in: text)
    }

    /// Whether a setting of a store is the access key the store knows its user by.
    static func isAccessKey(_ key: String, ofStore type: String?) -> Bool {
        guard let type, keyedStores.contains(type.lowercased()) else { return false }
        return key.lowercased() == "username"
    }

    private static let keyedStores: Set<String> = ["s3", "gs", "azure"]
}
