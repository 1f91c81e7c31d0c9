/// The formats of the file that nodes bring theirs to, each with the level of the cluster's log that allows it.
///
/// Nobody may decide on a file which a member with the version before does not understand, so a newer format waits until its
/// level is in force. A node that is alone asks nobody.
package struct FormatTargets: Sendable, Hashable {
    /// A format, and the level from which on a cluster's file has it.
    package struct Target: Sendable, Hashable {
        /// The level of the log.
        package let level: Int
        /// The version of the format.
        package let version: Version

        /// A format that is allowed from a level on.
        package init(level: Int, version: Version) {
            (self.level, self.version) = (level, version)
        }
    }

    private let targets: [Target]

    /// Those of this version. There is one format so far that files are brought to; a later one is a line here, with the
    /// level of the version it came with.
    package static let known = FormatTargets(
        [("8.18.0", 1)].compactMap { text, level in Version(text).map { Target(level: level, version: $0) } })

    /// Formats in any order.
    package init(_ targets: [Target]) { self.targets = targets }

    /// The format a file is to have.
    ///
    /// - Parameter level: The one in force; `nil` for a node that is alone.
    /// - Returns: `nil` where none is allowed.
    package func version(at level: Int?) -> Version? {
        targets.filter { target in level.map { target.level <= $0 } ?? true }.map(\.version).max()
    }
}
