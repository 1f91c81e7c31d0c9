package import Values

/// Stands for the answer of a command its job can do without: why there is none.
package struct Unanswered: Sendable, Hashable {
    /// What would have ended the job otherwise.
    package let error: JobError

    /// A command that was not done, for a reason.
    package init(_ error: JobError) { self.error = error }

    /// `nil` for the answer of a command that was done.
    package init?(_ answer: Value) {
        guard answer.map?.count == 1, let told = answer[Self.member], let error = JobError(told: told) else {
            return nil
        }
        self.init(error)
    }

    /// As it is kept in the place of an answer.
    package var value: Value { [Self.member: error.told] }

    private static let member = "unanswered"
}
