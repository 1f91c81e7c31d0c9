import Values

extension JobError {
    /// Nobody decides here: nothing was taken.
    static let noTerm = JobError(.noMaster, "This node does not decide now. Send the request again.")

    /// The term ended while what was asked was on its way.
    static let unsettled = JobError(
        .noMaster,
        "This node no longer decides, and nobody knows yet whether the request was taken. Send it again with the same "
            + "Idempotency-Key.", details: ["taken": "unknown"])
}
