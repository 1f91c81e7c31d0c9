/// One user of `[Users]`.
package struct UserEntry: SectionView {
    package let section: Section

    package init(_ section: Section) { self.section = section }

    /// Unique in the cluster.
    package var name: String { section.header }

    /// User id.
    package var id: Int? { int("ID") }

    /// Name of the main group.
    package var group: String? { text("Group") }

    /// Whether the user may log in.
    package var isLoginEnabled: Bool { bool("LoginEnabled") ?? false }

    /// Secret: hash in the form of crypt(3).
    package var passwordHash: String? { text("Passwd") }

    /// Names of further groups.
    package var additionalGroups: [String] { list("AdditionalGroups") }

    /// SSH public keys.
    package var authorizedKeys: [String] { list("AuthorizedKeys") }

    /// Main group and further groups.
    package var allGroups: [String] { (group.map { [$0] } ?? []) + additionalGroups }
}
