import Waiting

/// Lets one through at a time for each of a few groups that things fall into: rarely does one wait for another.
final class StripedTurns: Sendable {
    private let turns: [Turns]

    init(_ count: Int) { turns = (0..<count).map { _ in Turns() } }

    /// The turns of whatever falls into the same group.
    func turn(of thing: some Hashable) -> Turns {
        turns[Int(thing.hashValue.magnitude % UInt(turns.count))]
    }
}
