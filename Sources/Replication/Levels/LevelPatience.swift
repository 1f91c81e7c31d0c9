/// When a level is put in force by itself: some time after all members were found to know it.
///
/// Every node counts for itself, so that the time does not begin anew with another master. A member that is away does not end
/// the count, and nothing is raised without it; one that comes back with a version that lacks the level begins it anew.
package struct LevelPatience: Sendable, Hashable {
    /// How long all members have to have known a level.
    package let delay: Duration
    private var count: Count?

    /// Since when all members know a level, by the monotonic clock of this node.
    private struct Count: Hashable {
        let level: Int
        let since: Duration
    }

    /// - Parameter delay: How long all members have to have known a level.
    package init(delay: Duration) { self.delay = delay }

    /// When the level all members know is put in force; `nil` while there is none.
    package var due: Duration? { count.map { $0.since + delay } }

    /// Takes what members know now.
    ///
    /// - Returns: The level that is due; `nil` when none is, or not every member says now that it knows it.
    package mutating func look(_ survey: LevelSurvey, at now: Duration) -> Int? {
        let next = survey.inForce + 1
        let lacking = survey.lacking(next)
        if count?.level != next || lacking.values.contains(where: { $0 != .away }) { count = nil }
        guard lacking.isEmpty, !survey.members.isEmpty else { return nil }
        let known = count ?? Count(level: next, since: now)
        count = known
        return now >= known.since + delay ? next : nil
    }
}
