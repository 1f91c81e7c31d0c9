/// Tells the speed of a machine's slowest network link that is up.
package struct NetworkLinkSpeed: NodeCommand {
    /// It only looks.
    package static let traits: CommandTraits = .init("network.link_speed", .none)

    /// What the kernel tells.
    package struct Answer: Codable, Sendable, Hashable {
        /// In MBit/s; `nil` when no link tells its speed, as virtual ones do.
        package let speed: Int?

        /// - Parameter speed: In MBit/s.
        package init(speed: Int?) { self.speed = speed }
    }

    /// There is nothing to choose.
    package init() {}
}

/// Asks the daemon of a node to end; the machine stays up.
///
/// The answer comes before it has ended: it lets commands that run tell how they ended.
package struct NodeTerminate: NodeCommand {
    /// Nobody can start it from here; to ask once more changes nothing.
    package static let traits: CommandTraits = .init("node.terminate", .lasting)

    /// There is nothing to choose.
    package init() {}
}

/// Finds out whether new groups and users can be accounts of a node.
package struct AccountsCheck: NodeCommand {
    /// It only looks.
    package static let traits: CommandTraits = .init("accounts.check", .none)

    /// A user who is new, or has another id or main group.
    package struct User: Codable, Sendable, Hashable {
        /// -1 where the configuration has none, which fits no account.
        package let id: Int
        /// The main group by name; empty for none.
        package let group: String

        /// - Parameter group: The main group by name; empty for none.
        package init(id: Int, group: String) {
            self.id = id
            self.group = group
        }
    }

    /// Ids by name.
    package let groups: [String: Int]
    /// By name.
    package let users: [String: User]

    /// - Parameter groups: Ids by name.
    package init(groups: [String: Int], users: [String: User]) {
        self.groups = groups
        self.users = users
    }
}
