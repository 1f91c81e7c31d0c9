package import Values

extension Pipeline {
    /// A job that was cut off, as it goes on after a restart, and what is to be done first.
    ///
    /// - Parameters:
    ///   - recovery: What its definition says; `nil` when the definition is gone.
    ///   - changes: Whether the job changes the configuration.
    package static func resuming(
        _ record: JobRecord, changesConfiguration changes: Bool, recovery: Recovery?, at now: Timestamp
    ) -> (Pipeline, Action) {
        var pipeline = Pipeline(queued: record, changesConfiguration: changes)
        if record.isDone {
            pipeline.phase = .ended
            return (pipeline, .nothing)
        }
        if record.stage >= .finished, record.revision != nil {
            // A decided revision is the truth and is only carried forward.
            pipeline.phase = .distributing
            return (pipeline, .install)
        }
        if let obstacle = obstacle(of: record, recovery) {
            let action = pipeline.giveUp(obstacle, now)
            return (pipeline, action)
        }
        return (pipeline, .nothing)
    }

    /// Why the job cannot simply be examined again, `nil` when it can.
    private static func obstacle(of record: JobRecord, _ recovery: Recovery?) -> String? {
        guard let recovery else {
            return "The daemon was restarted, and there is no job '\(record.type)' any more."
        }
        if record.hadSecrets {
            return
                "The daemon was restarted before the job ended. Passwords and keys are never stored: submit it again."
        }
        if record.stage > .submitted, !record.commands.isEmpty, recovery == .fail {
            return "The daemon was restarted while the job ran; what it had done was taken back. Submit it again."
        }
        return nil
    }

    private mutating func giveUp(_ text: String, _ now: Timestamp) -> Action {
        let ending = Ending(.failed, JobError(.jobFailed, text))
        return takeBack(before: record.commands.count, ending, now)
    }
}
