import JobEngine
package import Values

/// `storage.restore`: takes an action on storage of the same step back (`configuration`, `node`, perhaps `volume`).
package struct StorageRestore: NodeAction {
    /// Stored as the undo of commands, which may run after an update: it stays what it is.
    package static let name = "storage.restore"

    /// Answers null, also when the step never began and so there is nothing to take back.
    ///
    /// - Throws: `failed` with code 1 when files could not be put back, with code 2 for an unfit argument.
    package func run(_ call: ActionCall) async throws(ActionError) -> Value {
        try StorageStep(call).takeBack(volume: try call.optionalText("volume"))
        return .null
    }
}
