package import JobEngine

/// Tells a target something, to see whether it can be reached.
package struct NotificationTry: NodeCommand {
    /// It was told; nobody takes that back.
    package static let traits: CommandTraits = .init("notification.try", .lasting)

    /// What settings call the target.
    package let target: String

    /// - Parameter target: What settings call it.
    package init(_ target: String) { self.target = target }
}

/// Tells how it stands with the targets of a node.
package struct NotificationLook: NodeCommand {
    /// It only looks.
    package static let traits: CommandTraits = .init("notification.look", .none)

    /// One for each target, in the order of the settings.
    package typealias Answer = [NotificationStanding]

    /// There is nothing to choose.
    package init() {}
}
