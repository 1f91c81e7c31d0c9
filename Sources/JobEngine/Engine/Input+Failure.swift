extension Input {
    /// What becomes of an input whose batch the log did not take.
    enum Failure: Sendable {
        /// Whoever sent it is told so; nothing of it is left.
        case refused
        /// This is what happened now.
        case instead(Input)
        /// It is told again, after a pause.
        case again
    }

    /// What becomes of the input when its batch was not taken, for this reason.
    ///
    /// What somebody asked for is refused. What happened has happened and is told again; only a change of the configuration
    /// ends its job, so that no caller waits for a disk.
    func failure(_ error: JobError) -> Failure {
        switch self {
        case .submitted, .cancelled, .amended, .ruleAdded, .ruleRemoved: .refused
        case .examined(let examination) where examination.changes: .instead(.undecided(examination, error))
        case .concluded(let id, .success(let conclusion)) where conclusion.revision != nil:
            .instead(.concluded(id, .failure(error)))
        default: .again
        }
    }
}

extension Examination {
    /// Whether something is decided by it.
    var changes: Bool {
        verdicts.contains { if case .settled = $0.verdict { true } else { false } }
    }
}
