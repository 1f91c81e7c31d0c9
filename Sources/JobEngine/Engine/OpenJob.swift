/// A job that has not ended, as the engine knows it: no code of its definition, no secret.
struct OpenJob: Sendable {
    var pipeline: Pipeline
    let traits: JobTraits
    /// Where it stands as long as it has not begun.
    var place = Place.nowhere
    /// The jobs it depends on that are not known to have ended well.
    var missing: Set<JobID> = []
    /// The order to examine it that counts.
    var examination: Int?
    /// Whether no further command may begin, and the one that runs was asked to end.
    var isStopped = false
    /// What else of the state changes when it ends well.
    var changes = StateChanges()
    /// When somebody was last told what a command said of itself.
    var toldProgress: Duration?

    /// Where a job stands that has not begun.
    enum Place: Sendable, Hashable {
        /// It was not looked at yet, or is taken out for a moment.
        case nowhere
        /// It waits for other jobs, or because of a rule.
        case held
        /// It stands in line for its locks.
        case inLine
        /// It holds its locks and was sent on its way.
        case admitted
    }

    init(_ pipeline: Pipeline, _ traits: JobTraits) {
        self.pipeline = pipeline
        self.traits = traits
    }

    var record: JobRecord { pipeline.record }
    var id: JobID { pipeline.record.id }

    /// Whether it waits for its turn.
    var isQueued: Bool { pipeline.phase == .queued }

    /// Whether it may begin: rules and dependencies let it, and it holds its locks.
    var isReady: Bool { isQueued && place == .admitted }
}
