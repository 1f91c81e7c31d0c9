/// The state of the cluster as this node knows it, kept: every read is answered at once and asks nobody.
package protocol ClusterHealth: Sendable {
    /// How every object is that is known here, sorted by object.
    var states: [ObjectState] { get }
    /// What is wrong, the most important first, what is muted included.
    var findings: [Finding] { get }
    /// What is raised, cleared and silenced from now on, until the reader's task ends. Whoever is slow misses the oldest.
    func changes() -> AsyncStream<FindingChange>
}

/// Something that happened to a finding.
package enum FindingChange: Sendable, Hashable {
    /// It was not there before, or is worse than before.
    case raised(Finding)
    /// It is over.
    case cleared(Finding)
    /// Somebody said that it is known, or took that back.
    case silenced(Finding)

    /// The finding, as it is now or was last.
    package var finding: Finding {
        switch self {
        case .raised(let finding), .cleared(let finding), .silenced(let finding): finding
        }
    }
}
