/// Which values must not be shown to everybody.
package enum Secret {
    /// What is shown in place of a secret.
    package static let mask = "***"

    /// Whether the values of a key are passwords, hashes, tokens or keys.
    package static func covers(_ key: String) -> Bool {
        let name = key.lowercased()
        // Public keys and paths of key files are no secrets.
        let exceptions = ["certkey", "authorizedkeys", "restapiauthpubkey"]
        guard !exceptions.contains(name) else { return false }
        return ["passw", "token", "credential", "secret", "synckey", "apikey", "privatekey"].contains {
            name.contains($0)
        }
    }

    static func masked(_ section: Section) -> Section {
        var result = section
        for index in result.entries.indices where covers(result.entries[index].key) {
            if !result.entries[index].value.isEmpty { result.entries[index].value = mask }
        }
        result.sections = result.sections.map { masked($0) }
        return result
    }
}

extension Document {
    /// The document with `***` for every secret, to be shown to people without full rights; never to be stored.
    package func redacted() -> Document {
        var result = self
        result.root = Secret.masked(root)
        return result
    }
}
