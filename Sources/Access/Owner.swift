/// Whom an object belongs to, as far as the configuration says it.
package struct Owner: Sendable, Hashable {
    /// Numeric user id, the form EXAConf keeps.
    package let userID: Int?

    /// User name, when the object keeps a name instead.
    package let name: String?

    /// An owner known by id, by name or by both.
    package init(userID: Int? = nil, name: String? = nil) {
        self.userID = userID
        self.name = name
    }

    /// True when id or name is the principal's; something unknown on either side never matches.
    package func isOwned(by principal: Principal) -> Bool {
        if let userID, userID == principal.userID { return true }
        if let name, name == principal.name { return true }
        return false
    }
}
