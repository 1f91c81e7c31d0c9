package import Access
import ClusterLog
package import JobEngine
import Synchronization

/// Raises the level of the log: by somebody's word, or by itself some time after all members know the next one.
package final class LevelRaising: Sendable {
    private let store: ReplicatedStore
    private let tables: any ReplicatedTables
    private let time: any TimeSource
    private let patience: Mutex<LevelPatience>
    private let raised: @Sendable (Int) -> Void

    /// How often it is looked at what members know.
    private static let pace = Duration.seconds(1)

    /// - Parameters:
    ///   - delay: How long all members have to have known a level before it is put in force by itself.
    ///   - tables: Of the state of this node: who takes part, and the level in force.
    ///   - raised: Told a level that this node has put in force.
    package init(
        _ store: ReplicatedStore, tables: any ReplicatedTables, time: any TimeSource, delay: Duration,
        raised: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        (self.store, self.tables, self.time, self.raised) = (store, tables, time, raised)
        patience = Mutex(LevelPatience(delay: delay))
    }

    /// What members know, as far as this node can tell.
    ///
    /// - Throws: `unavailable`.
    package func survey() async throws(StoreError) -> LevelSurvey {
        let (level, members) = (try await tables.level(), try await tables.members())
        // The witness reads nothing of the log.
        let nodes = Set(members.map(\.node)).subtracting([ClusterStatus.Witness.number])
        return LevelSurvey(inForce: level, members: nodes, present: store.member.board.view.present)
    }

    /// In how much time a level is put in force by itself, as this node counts; `nil` while none is known to all members.
    package var remaining: Duration? {
        let now = time.monotonic
        return patience.withLock { $0.due.map { max(.zero, $0 - now) } }
    }

    /// Puts a level in force, on the node that decides; the state of this node goes by it on return.
    ///
    /// - Returns: Whether it was not in force before.
    /// - Throws: ``LevelRefusal``.
    package func raise(to level: Int) async throws(LevelRefusal) -> Bool {
        let isNew = try await store.decide(refusing: { LevelRefusal.store($0) }) {
            () async throws(LevelRefusal) -> Decision<Bool> in
            let survey: LevelSurvey
            do throws(StoreError) { survey = try await self.survey() } catch { throw .store(error) }
            return try survey.check(level) ? Decision(true, [.level(level)]) : Decision(false)
        }
        if isNew { raised(level) }
        return isNew
    }

    /// Counts the time, and raises what is due where this node decides, until the task is cancelled.
    package func run() async {
        while !Task.isCancelled {
            await look()
            await time.sleep(until: time.monotonic + Self.pace)
        }
    }

    /// Looks once.
    func look() async {
        // What cannot be read now is read with the next look.
        guard let survey = try? await survey() else { return }
        let now = time.monotonic
        let due = patience.withLock { $0.look(survey, at: now) }
        guard let due, store.member.isMaster else { return }
        // What refuses it now, such as the end of a term, is looked at again.
        _ = try? await raise(to: due)
    }
}
