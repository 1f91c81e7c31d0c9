import Access
import Logging
import Waiting

/// What becomes of a batch on its way to the log.
extension EngineDriver {
    /// What became of a batch.
    enum Outcome {
        case done
        case refused(JobError)
        case deposed

        var isDeposed: Bool { if case .deposed = self { true } else { false } }
    }

    /// Makes a batch durable.
    func append(_ work: Work, of batch: [Entry]) async -> Outcome {
        if work.records.isEmpty { return .done }
        do throws(StoreError) {
            try await store.append(work.records, audit: work.audit, after: position)
            position = position.next
            state.numbers.isLogFull = false
            return .done
        } catch {
            switch error {
            case .deposed: return .deposed
            case .full:
                environment.logger.error("the log is full", metadata: ["cause": "\(error)"])
                return .refused(JobError(error))
            case .headMoved, .keyTaken, .unavailable: return await settle(after: error, batch)
            }
        }
    }

    /// Finds out whether a batch whose append failed is in the log.
    private func settle(after cause: StoreError, _ batch: [Entry]) async -> Outcome {
        environment.logger.error("append failed", metadata: ["cause": "\(cause)"])
        while true {
            do throws(StoreError) {
                let end = try await store.end()
                if end == position { return .refused(JobError(cause)) }
                guard end == position.next else { return .deposed }
                position = end
                return .done
            } catch {
                environment.logger.error("the log cannot be read", metadata: ["cause": "\(error)"])
            }
            // Nobody has to wait for a disk: what was taken after all goes on, and is found by its key.
            for entry in batch { entry.reply?.resume(returning: .refused(Self.unknown(cause))) }
            if isOver || state.isDraining { return .deposed }
            let (time, due) = (environment.time, environment.time.monotonic + EngineState.pause)
            // Awaited here: a caller who carries the batch and gives up must not make this spin.
            await Task { await time.sleep(until: due) }.value
        }
    }

    /// What a caller is told when nobody knows yet whether the batch is in the log.
    private static func unknown(_ cause: StoreError) -> JobError {
        guard case .unavailable = cause else { return JobError(cause) }
        return JobError(
            .outcomeUnknown,
            "Nobody knows yet whether this was taken: the job store cannot be used now, and the daemon's log names the cause. "
                + "Send it again with the same Idempotency-Key, or look for it first.")
    }

    /// A batch that found no room, in what needs no record, as looks do not then, and what does: nobody waits for the room
    /// others need.
    func apart(_ batch: [Entry]) -> (free: [Entry], bound: [Entry]) {
        var tried = state
        var parts: (free: [Entry], bound: [Entry]) = ([], [])
        for entry in batch {
            let before = tried
            // Whoever leaves takes what is left along.
            let leaves = if case .drained = entry.input { true } else { false }
            if !leaves, tried.process(entry.input, at: environment.moment).records.isEmpty {
                parts.free.append(entry)
            } else {
                tried = before
                parts.bound.append(entry)
            }
        }
        return parts
    }

    /// Tells those who asked that nothing was taken; what happened is tried again.
    func refuse(_ batch: [Entry], _ error: JobError) {
        for entry in batch {
            switch entry.input.failure(error) {
            case .refused: entry.reply?.resume(returning: .refused(error))
            case .instead(let input): inbox.append(Entry(input: input, reply: entry.reply))
            case .again: unrecorded.append(entry)
            }
        }
        let isLeaving = unrecorded.contains { if case .drained = $0.input { true } else { false } }
        if isLeaving || state.isDraining { return end(unrecorded) }
        retryAt = unrecorded.isEmpty ? nil : environment.time.monotonic + EngineState.pause
        setAlarm()
    }
}
