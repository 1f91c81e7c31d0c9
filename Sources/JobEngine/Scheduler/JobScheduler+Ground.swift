import Access
import Synchronization
import Waiting

/// The ground is about to become another one.
struct GroundChange: Sendable {
    /// Answered once nothing is decided any more, and nothing is on its way.
    let isAtRest = Waiter<Void>()
    /// Answered once the ground is the one to go on with.
    let isOver = Waiter<Void>()
}

/// A node that was alone takes part in a cluster, and others hand it their edits.
extension JobScheduler {
    /// Has the node stand on another ground while it runs: what was alone becomes a member of a cluster.
    ///
    /// The present term ends first, everybody it took something from has their answer, and whoever asks meanwhile waits for
    /// the term that begins on the other ground, for 5 s at most. ``run()`` has to work.
    ///
    /// - Parameter make: Makes the other ground of the state as it is; nothing is decided while it does. When it fails the
    ///   node goes on where it was.
    /// - Throws: What `make` throws, and ``JobError`` when the ground changes already or the daemon stops.
    package func change(to make: () async throws -> EngineGround) async throws {
        let change = GroundChange()
        let (isTaken, driver) = state.withLock { state in
            if state.change != nil || state.isDraining { return (true, state.driver) }
            state.change = change
            return (false, state.driver)
        }
        if isTaken {
            throw isDraining ? JobError.stopping : JobError(.objectBusy, "The node joins or leaves a cluster already.")
        }
        defer {
            state.withLock { $0.change = nil }
            change.isOver.resume(returning: ())
        }
        await driver?.depose()
        interruptions.resumeAll(returning: ())
        await change.isAtRest.answer()
        if isDraining { throw JobError.stopping }
        let ground = try await make()
        follower.end()
        environment.present.replace(by: ground)
    }

    /// Stands still while the ground changes.
    ///
    /// - Returns: Whether it did.
    func givesWay() async -> Bool {
        let (change, driver) = state.withLock { ($0.change, $0.driver) }
        guard let change else { return false }
        await driver?.isSettled.answer()
        change.isAtRest.resume(returning: ())
        await change.isOver.answer(whenCancelled: ())
        return true
    }

    /// Makes a configuration that was edited on another node, and marked there as meant, the next revision.
    ///
    /// - Returns: Its number, once it is decided.
    /// - Throws: ``JobError`` for what is not marked, is no configuration or was made of an older revision, and `noMaster` when
    ///   this node does not decide or does not come to it in 30 s.
    package func adopt(edit text: [UInt8], from node: Int) async throws(JobError) -> Int {
        let driver = try driver
        let edit = HandedEdit(text: text, node: node)
        guard environment.edits.add(edit) else {
            throw JobError(.objectBusy, "Too many edits of other nodes wait to be taken.")
        }
        driver.tell(.fileTouched)
        if driver.isEnded.isAnswered { edit.answer.resume(returning: .failure(.noTerm)) }
        let due = time.monotonic + Self.longestAdoption
        return try await edit.answer.answer(or: { [time] in
            await time.sleep(until: due)
            return .failure(.unsettled)
        }).get()
    }

    /// Has the configuration brought to the format the level in force allows, as the next revision, where this node decides; the
    /// term of another node does so when it begins.
    package func lookAtFormat() {
        guard let driver = try? driver else { return }
        environment.shared.looksAtFormat.withLock { $0 = true }
        driver.tell(.fileTouched)
    }

    /// How long an edit waits for its turn.
    private static let longestAdoption = Duration.seconds(30)
}
