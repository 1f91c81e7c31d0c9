import JobEngine
package import Values

/// `storage.node.set`: changes what is set for this node's storage as a whole: `suspended`, `recovery`, `limit` (MiB/s)
/// and `threshold` (percent), each only when given.
package struct StorageNodeSet: NodeAction {
    /// Stored in job records: it stays what it is.
    package static let name = "storage.node.set"

    /// Answers null.
    ///
    /// - Throws: `failed` with code 1 when the ledger cannot be written, with code 2 for an unfit argument.
    package func run(_ call: ActionCall) async throws(ActionError) -> Value {
        let arguments = call.arguments
        return try StorageStep(call).change { (ledger) throws(StorageRefusal) in
            if let suspended = arguments["suspended"]?.bool { ledger.settings.isSuspended = suspended }
            if let recovery = arguments["recovery"]?.bool { ledger.settings.isRecoveryEnabled = recovery }
            if let limit = arguments["limit"]?.int { ledger.settings.recoveryLimit = limit }
            if let threshold = arguments["threshold"]?.int { ledger.settings.warnThreshold = threshold }
            return .null
        }
    }
}
