import JobEngine
import Values

/// A job as callers are shown it.
struct JobRepresentation {
    let job: JobRecord

    /// The members; those that do not apply are absent.
    var value: Value { .map(job.shown.merging(["links": links]) { shown, _ in shown }) }

    private var links: Value {
        let path = JobsResource.path(of: job.id)
        let answers = job.storedAnswers.map { job.id.answerPath($0.step) }
        return .members([
            "self": .string(path), "result": .string("\(path)/result"), "log": .string("\(path)/log"),
            "cancel": .string("\(path)/cancel"), "retry": .string("\(path)/retry"),
            "answers": answers.isEmpty ? nil : .strings(answers),
        ])
    }
}
