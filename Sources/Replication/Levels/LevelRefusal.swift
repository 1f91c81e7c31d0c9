package import JobEngine
import Values

/// Why a level of the log is not put in force; nothing was changed then.
package enum LevelRefusal: Error, Sendable, Hashable, CustomStringConvertible {
    /// A higher one is in force.
    case goesBack(Int, inForce: Int)
    /// There is a level between it and the one in force.
    case tooFar(Int, inForce: Int)
    /// No member knows it.
    case unknown(Int)
    /// These members do not say that they know it.
    case lacking(Int, [Int: LevelSurvey.Knowledge])
    /// The log did not take it, or nobody knows.
    case store(StoreError)

    package var description: String {
        switch self {
        case .goesBack(let level, let inForce):
            "Level \(inForce) is in force, and what stands in the log by it stays there: there is no way back to level \(level)."
        case .tooFar(let level, let inForce):
            "Level \(inForce) is in force: level \(inForce + 1) comes before level \(level)."
        case .unknown(let level): "No member knows level \(level): install a later version on every node first."
        case .lacking(let level, let members):
            "Level \(level) is not known to all members: \(Self.words(members)). Install the later version there, or remove what "
                + "does not come back."
        case .store(let error): "\(error)"
        }
    }

    /// `node 12 is away, node 13 knows level 1`.
    static func words(_ members: [Int: LevelSurvey.Knowledge]) -> String {
        members.sorted { $0.key < $1.key }.map { "node \($0.key) \($0.value.words)" }.joined(separator: ", ")
    }
}

extension JobError {
    /// What a caller is told: `details` name the level, the kind of the refusal and the nodes that lack it.
    package init(_ refusal: LevelRefusal) {
        let text = refusal.description
        switch refusal {
        case .goesBack(let level, _):
            self.init(.parameterInvalid, text, details: ["refusal": "goes-back", "level": .int(level)])
        case .tooFar(let level, _):
            self.init(.parameterInvalid, text, details: ["refusal": "too-far", "level": .int(level)])
        case .unknown(let level):
            self.init(.unsupported, text, details: ["refusal": "unknown-level", "level": .int(level)])
        case .lacking(let level, let members):
            self.init(
                .objectBusy, text,
                details: ["refusal": "members-lack-level", "level": .int(level), "nodes": .ints(members.keys.sorted())])
        case .store(let error): self.init(error)
        }
    }
}
