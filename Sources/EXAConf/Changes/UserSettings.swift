/// What a user is given; nil leaves the key as it is.
package struct UserSettings: Sendable, Hashable {
    /// Unique user id.
    package var id: Int?
    /// Name of the main group.
    package var group: String?
    /// Whether the user may log in; False for a new user by default.
    package var isLoginEnabled: Bool?
    /// Hash in the form of crypt(3); plain text is refused.
    package var passwordHash: String?
    /// Names of further groups.
    package var additionalGroups: [String]?
    /// SSH public keys, without commas.
    package var authorizedKeys: [String]?

    /// Nothing is changed by an argument that is left out.
    package init(
        id: Int? = nil, group: String? = nil, isLoginEnabled: Bool? = nil, passwordHash: String? = nil,
        additionalGroups: [String]? = nil, authorizedKeys: [String]? = nil
    ) {
        self.id = id
        self.group = group
        self.isLoginEnabled = isLoginEnabled
        self.passwordHash = passwordHash
        self.additionalGroups = additionalGroups
        self.authorizedKeys = authorizedKeys
    }

    func assignments() throws(EXAConfError) -> [Assignment] {
        if let passwordHash, !ShadowHash.isHash(passwordHash) {
            throw EXAConfError.invalid("Passwd: only a hash can be stored; hash the password first.")
        }
        return [
            Assignment("ID", id),
            Assignment("Group", group),
            Assignment("LoginEnabled", isLoginEnabled),
            Assignment("Passwd", passwordHash),
            try Assignment("AdditionalGroups", list: additionalGroups),
            try Assignment("AuthorizedKeys", list: authorizedKeys),
        ]
    }
}
