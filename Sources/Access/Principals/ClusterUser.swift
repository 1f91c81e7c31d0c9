/// A user of `[Users]` in EXAConf, reduced to what access needs.
package struct ClusterUser: Sendable, Hashable {
    /// User name.
    package let name: String

    /// Numeric id, `nil` when the section has none.
    package let userID: Int?

    /// Ids of the user's groups.
    package let groupIDs: [Int]

    /// Names of the user's groups.
    package let groups: Set<String>

    /// `LoginEnabled` of the section.
    package let loginEnabled: Bool

    /// Whether the section has a password; without one the user logs in by the system's account of the name.
    package let hasPassword: Bool

    /// A user with exactly these values.
    package init(
        name: String, userID: Int?, groupIDs: [Int], groups: Set<String>, loginEnabled: Bool, hasPassword: Bool = true
    ) {
        self.name = name
        self.userID = userID
        self.groupIDs = groupIDs
        self.groups = groups
        self.loginEnabled = loginEnabled
        self.hasPassword = hasPassword
    }
}
