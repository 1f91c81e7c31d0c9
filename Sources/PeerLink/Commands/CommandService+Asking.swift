import Access
import JobEngine
import Values
import Waiting

/// What became of commands, and that they are to stop.
extension CommandService {
    /// What became of a command.
    ///
    /// - Throws: ``PeerFault`` when that cannot be told.
    func knowledge(of key: CommandKey, _ term: CommandTerm) async throws(PeerFault) -> CommandForm.Known {
        try await admit(term)
        if working[key.job]?.key == key { return .running }
        do throws(StoreError) {
            let command = try await known(of: key).first { $0.key == key }
            // It may have been taken, or have ended, while the journal was read.
            if working[key.job]?.key == key { return .running }
            guard let command else { return .nothing }
            if let outcome = latest[command] ?? command.outcome { return .ended(outcome) }
            // Whoever asks for the command itself has it settled.
            return .running
        } catch {
            throw Self.fault(error)
        }
    }

    /// Asks a command to stop; one that was not taken yet will not begin.
    ///
    /// - Throws: ``PeerFault`` when that is not certain.
    func stop(_ key: CommandKey, order: CommandOrder, in term: CommandTerm) async throws(PeerFault) {
        try await admit(term)
        if stopWorking(key) { return }
        do throws(StoreError) {
            let known = try await known(of: key)
            if stopWorking(key) || known.contains(where: { $0.key == key && $0.order >= order }) { return }
            // When its turn comes, it finds that it is not to begin.
            let stopped = RunningCommand(key, order: order, digest: "")
            if working[key.job] == nil { working[key.job] = stopped }
            defer { finish(stopped, .success(.cancelled)) }
            let time = Timestamp(milliseconds: Int(time.now))
            let command = JournaledCommand(key, order: order, begunAt: time)
            try await begin(command)
            try await journal.end(command, .cancelled, at: time)
            _ = stopWorking(key)
        } catch {
            throw Self.fault(error)
        }
    }

    private func stopWorking(_ key: CommandKey) -> Bool {
        guard let work = working[key.job], work.key == key else { return false }
        work.stop.resume(returning: ())
        return true
    }
}
