/// Password hashes in the form of crypt(3).
package enum ShadowHash {
    /// Whether a text is taken as hashed already, by its prefix.
    package static func isHash(_ text: String) -> Bool {
        ["$1$", "$2a$", "$2b$", "$2y$", "$5$", "$6$", "$7$", "$y$", "$gy$"].contains { text.utf8.starts(with: $0.utf8) }
    }
}
