import EXAConf

/// A job that has not ended, with what it needs to run.
struct LiveJob {
    var pipeline: Pipeline
    let definition: JobDefinition
    let arguments: Arguments
    /// What callers are shown: the record as it was last made durable.
    private(set) var durable: JobRecord
    /// Whether it holds its locks and was sent on its way.
    var isAdmitted = false
    /// The commands of its plan with their secrets, and how their answers become the result.
    var plan: Plan?
    /// The configuration as its plan left it.
    var edited: Document?
    /// The configuration with the number it will have once it is decided.
    var proposal: PublishedConfiguration?

    /// - Parameter durable: The record as it is stored; the pipeline's own when left out.
    init(pipeline: Pipeline, definition: JobDefinition, arguments: Arguments, durable: JobRecord? = nil) {
        self.pipeline = pipeline
        self.definition = definition
        self.arguments = arguments
        self.durable = durable ?? pipeline.record
    }

    var record: JobRecord { pipeline.record }
    var id: JobID { pipeline.record.id }

    /// Whether it edits the configuration without running a command, so that many of them can be decided in one write.
    var isPureChange: Bool {
        if case .change = definition.work { true } else { false }
    }

    /// Notes that a record is durable now.
    mutating func kept(_ record: JobRecord) {
        durable = record
    }

    /// Notes what a queued job waits for; that is for the eye only and needs no write.
    mutating func wait(for obstacles: [JobRecord.Obstacle]) {
        pipeline.wait(for: obstacles)
        durable = pipeline.record
    }
}
