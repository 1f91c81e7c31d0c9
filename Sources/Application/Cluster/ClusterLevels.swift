package import Values

/// The level of the cluster's log that is in force, which says what may stand there, and the levels members know.
package struct ClusterLevels: Sendable, Hashable {
    /// A node that takes part.
    package struct Member: Sendable, Hashable {
        /// Its number.
        package let node: Int
        /// The version of its daemon; empty while it is away.
        package let version: String
        /// The levels it says that it knows; `nil` for one that is away, or of a version that does not say so.
        package let levels: ClosedRange<Int>?
        /// Why the next level waits for it, such as `is away`; `nil` when it does not.
        package let lack: String?

        /// A member of these parts.
        package init(node: Int, version: String, levels: ClosedRange<Int>?, lack: String?) {
            (self.node, self.version, self.levels, self.lack) = (node, version, levels, lack)
        }
    }

    /// The one in force.
    package let level: Int
    /// The one that comes next; `nil` when no member knows it.
    package let next: Int?
    /// When that is put in force by itself; `nil` while it waits for a member.
    package let raisedAt: Timestamp?
    /// By number.
    package let members: [Member]

    /// Levels as one node knows them.
    package init(level: Int, next: Int?, raisedAt: Timestamp?, members: [Member]) {
        (self.level, self.next, self.raisedAt, self.members) = (level, next, raisedAt, members)
    }

    /// What there is to say of them, without a full stop.
    package var sentence: String {
        let present = "level \(level) is in force"
        guard let next else { return "\(present), and no member knows a higher one" }
        let lacking = members.compactMap { member in member.lack.map { "node \(member.node) \($0)" } }
        guard lacking.isEmpty else { return "\(present); level \(next) waits: \(lacking.joined(separator: ", "))" }
        let end = raisedAt.map { " by itself on \($0), or now" } ?? ""
        return "\(present); all members know level \(next), which comes into force\(end) by: confd cluster level raise"
    }
}
