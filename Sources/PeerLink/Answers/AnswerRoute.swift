import JobEngine
import Values

/// The form questions for answers in files have between nodes. What members are called never changes.
enum AnswerForm {
    static func value(of answer: StoredAnswer, of job: JobID, step: Int) -> Value {
        ["job": .string(job.description), "step": .int(step), "answer": answer.value]
    }

    /// `nil` for what is none.
    static func question(_ value: Value) -> (answer: StoredAnswer, job: JobID, step: Int)? {
        guard let job = value["job"]?.string.flatMap({ JobID($0) }), let step = value["step"]?.int, step >= 0,
            let answer = value["answer"].flatMap({ StoredAnswer($0) })
        else { return nil }
        return (answer, job, step)
    }
}

extension PeerRoute {
    static let answerName = "answer"

    /// Gives other members answers of this node's commands that are in files; only who knows the record of the job can name one.
    package static func answer(_ files: AnswerFiles) -> PeerRoute {
        PeerRoute(answerName, questionLimit: 4096) { (question) async throws(PeerFault) in
            guard question.node != nil, let (answer, job, step) = AnswerForm.question(question.body) else {
                throw PeerFault(.malformed, "A question for an answer is expected.")
            }
            guard let file = await files.file(of: answer, of: job, step: step) else {
                throw PeerFault(.missing, "The answer is not kept any more.")
            }
            return .file(file)
        }
    }
}
