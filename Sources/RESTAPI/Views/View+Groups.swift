extension View {
    /// `/groups`: the groups of users.
    static let groups = View(
        "/groups", one: "Group", many: "Groups", key: "groupname",
        [.list("group_list"), .item("group_info"), .create("group_create"), .remove("group_delete")])
}
