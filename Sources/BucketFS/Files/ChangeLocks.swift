import Synchronization
import Waiting

/// Lets one change of a file happen at a time, so that it is still what the condition of the change found when it is
/// replaced or removed. Changes of different files rarely wait for one another.
final class ChangeLocks: Sendable {
    private final class Lock: Sendable {
        let mutex = Mutex(())
    }

    private let locks = (0..<64).map { _ in Lock() }

    /// Does a change of a file while there is no other of it.
    func change(
        _ path: BucketPath, in bucket: BucketFolder, _ work: () throws(BucketFault) -> Void
    ) throws(BucketFault) {
        var hasher = Hasher()
        hasher.combine(bucket)
        hasher.combine(path)
        let lock = locks[Int(hasher.finalize().magnitude % UInt(locks.count))]
        try lock.mutex.withLock { (_) throws(BucketFault) in try work() }
    }
}

/// Lets one through at a time for each of a few groups that things fall into: rarely does one wait for another.
final class StripedTurns: Sendable {
    private let turns: [Turns]

    init(_ count: Int) { turns = (0..<count).map { _ in Turns() } }

    /// The turns of whatever falls into the same group.
    func turn(of thing: some Hashable) -> Turns {
        turns[Int(thing.hashValue.magnitude % UInt(turns.count))]
    }
}
