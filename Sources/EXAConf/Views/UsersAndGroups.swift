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

    /// Whether the user may do everything: by name, by id or as a member of the group.
    package var isRoot: Bool { name == "root" || id == 0 || allGroups.contains("root") }

    /// Main group and further groups.
    package var allGroups: [String] { (group.map { [$0] } ?? []) + additionalGroups }
}

/// One group of `[Groups]`.
package struct GroupEntry: SectionView {
    package let section: Section

    package init(_ section: Section) { self.section = section }

    /// Unique in the cluster.
    package var name: String { section.header }

    /// Group id.
    package var id: Int? { int("ID") }
}
