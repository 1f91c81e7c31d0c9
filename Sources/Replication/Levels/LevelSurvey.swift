import ClusterLog

/// Which levels of the log the members of a cluster know, and which one is in force.
///
/// A level says what may stand in the log. It rises by one at a time, since a version knows two of them, and it never goes back.
package struct LevelSurvey: Sendable, Hashable {
    /// What a member tells of itself.
    package enum Knowledge: Sendable, Hashable {
        /// It is away, and nobody knows which version it comes back with.
        case away
        /// Its version is from before levels were told.
        case unsaid
        /// It knows these.
        case knows(ClosedRange<Int>)
    }

    /// What may stand in the log now.
    package let inForce: Int
    /// Every node that takes part, by its number.
    package let members: [Int: Knowledge]

    /// - Parameters:
    ///   - members: The nodes that take part.
    ///   - present: Those that are there, as they say of themselves.
    package init(inForce: Int, members: Set<Int>, present: [Int: MemberKey]) {
        self.inForce = inForce
        let told = members.map { node in
            (node, present[node].map { $0.levels.map(Knowledge.knows) ?? .unsaid } ?? .away)
        }
        self.members = Dictionary(told) { first, _ in first }
    }

    /// The level that comes next; `nil` when no member knows it.
    package var next: Int? {
        let level = inForce + 1
        return members.values.contains { $0.includes(level) } ? level : nil
    }

    /// The nodes that do not say that they know a level, with what they say.
    package func lacking(_ level: Int) -> [Int: Knowledge] { members.filter { !$0.value.includes(level) } }

    /// Finds out whether a level may be put in force.
    ///
    /// - Returns: Whether it has to be; `false` when it is in force.
    /// - Throws: ``LevelRefusal``.
    package func check(_ level: Int) throws(LevelRefusal) -> Bool {
        if level == inForce { return false }
        guard level > inForce else { throw .goesBack(level, inForce: inForce) }
        guard level == inForce + 1 else { throw .tooFar(level, inForce: inForce) }
        guard next != nil else { throw .unknown(level) }
        let lacking = lacking(level)
        guard lacking.isEmpty, !members.isEmpty else { throw .lacking(level, lacking) }
        return true
    }
}

extension LevelSurvey.Knowledge {
    func includes(_ level: Int) -> Bool { if case .knows(let levels) = self { levels.contains(level) } else { false } }

    /// What is missing, such as `is away`.
    package var words: String {
        switch self {
        case .away: "is away"
        case .unsaid: "does not say what it knows"
        case .knows(let levels) where levels.count == 1: "knows level \(levels.lowerBound)"
        case .knows(let levels): "knows levels \(levels.lowerBound) to \(levels.upperBound)"
        }
    }
}
