import JobEngine
import PeerLink

/// Answers that are in files of nodes: none, until this node takes part in a cluster. Alone it keeps all of them in records.
struct AnswersInForce: CommandAnswers {
    let life: ClusterLife

    func content(
        _ answer: StoredAnswer, of job: JobID, step: Int, on node: Int
    ) async throws(JobError) -> AnswerContent {
        let present: any CommandAnswers = life.parts?.channel.answers ?? NoCommandAnswers()
        return try await present.content(answer, of: job, step: step, on: node)
    }
}
