/// Copies a plugin from the node's stock into a folder of a bucket.
package struct PluginInstall: NodeCommand {
    /// Taken back by ``PluginRemove``.
    package static let traits: CommandTraits = .init("plugin.install", .undone(by: PluginRemove.self))

    /// Which, and where it goes.
    package let place: BucketPlugin

    /// A copy of the plugin at its place.
    package init(_ place: BucketPlugin) { self.place = place }

    /// Its members are those of the place.
    package init(from decoder: any Decoder) throws { place = try BucketPlugin(from: decoder) }

    /// Its members are those of the place.
    package func encode(to encoder: any Encoder) throws { try place.encode(to: encoder) }
}

/// Removes a plugin from a folder of a bucket.
package struct PluginRemove: NodeCommand {
    /// Taken back by ``PluginInstall``.
    package static let traits: CommandTraits = .init("plugin.remove", .undone(by: PluginInstall.self))

    /// Which, and where it is.
    package let place: BucketPlugin

    /// The end of the plugin at its place.
    package init(_ place: BucketPlugin) { self.place = place }

    /// Its members are those of the place.
    package init(from decoder: any Decoder) throws { place = try BucketPlugin(from: decoder) }

    /// Its members are those of the place.
    package func encode(to encoder: any Encoder) throws { try place.encode(to: encoder) }
}

/// A plugin at its place in a bucket.
package struct BucketPlugin: Codable, Sendable, Hashable {
    /// Its name, in the stock and in the bucket.
    package let name: String
    /// The folder of the bucket, below `/exa`.
    package let folder: String
    /// User id and group id of whom the bucket belongs to; `nil` for whoever the daemon is.
    package let owner: [Int]?

    /// - Parameters:
    ///   - folder: Of the bucket, below `/exa`.
    ///   - owner: User id and group id of whom the bucket belongs to.
    package init(_ name: String, in folder: String, owner: (user: Int, group: Int)) {
        self.name = name
        self.folder = folder
        self.owner = [owner.user, owner.group]
    }
}
