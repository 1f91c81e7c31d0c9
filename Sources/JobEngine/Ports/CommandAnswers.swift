import Values

/// The answers of commands that are in files, on whichever node.
package protocol CommandAnswers: Sendable {
    /// The answer of a command of a job, to be read in pieces; all of it can be had, and is what the record of the job says.
    ///
    /// - Throws: ``JobError/Code/answerUnavailable`` when its node cannot give it now, ``JobError/Code/answerGone`` when it is
    ///   not kept any more.
    func content(
        _ answer: StoredAnswer, of job: JobID, step: Int, on node: Int
    ) async throws(JobError) -> AnswerContent
}

/// What an answer in a file holds: JSON, secrets as `***`.
package struct AnswerContent: Sendable {
    /// In bytes.
    package let size: Int
    private let reading: @Sendable (_ place: Int, _ count: Int) async throws -> [UInt8]

    /// - Parameter reading: Reads bytes from a place on; fewer than asked for where there are no more.
    package init(size: Int, _ reading: @escaping @Sendable (_ place: Int, _ count: Int) async throws -> [UInt8]) {
        (self.size, self.reading) = (size, reading)
    }

    /// Bytes from a place on.
    ///
    /// - Throws: What the disk said, or that too many read.
    package func read(from place: Int, count: Int) async throws -> [UInt8] { try await reading(place, count) }
}

/// Nobody has any.
package struct NoCommandAnswers: CommandAnswers {
    /// There is nothing to be asked.
    package init() {}

    package func content(
        _ answer: StoredAnswer, of job: JobID, step: Int, on node: Int
    ) async throws(JobError) -> AnswerContent {
        throw .answerGone(of: job, step: step, on: node)
    }
}

extension JobError {
    /// An answer is not kept any more.
    package static func answerGone(of job: JobID, step: Int, on node: Int) -> JobError {
        JobError(
            .answerGone,
            "The answer of command \(step) of job \(job) is not kept on node \(node) any more. Submit the job again if it is "
                + "still wanted.", details: ["nodes": .ints([node])])
    }
}
