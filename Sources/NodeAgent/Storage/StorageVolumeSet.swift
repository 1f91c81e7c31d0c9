import JobEngine
package import Values

/// `storage.volume.set`: changes what can be switched on a volume (`volume`): `locked`, `app_io`, `int_io` and
/// `forced_level`, each only when given.
package struct StorageVolumeSet: NodeAction {
    /// Stored in job records: it stays what it is.
    package static let name = "storage.volume.set"

    /// Answers null.
    ///
    /// - Throws: `refused` for what is not here or in use, `failed` with code 1 when the ledger cannot be written, with code 2 for an unfit argument.
    package func run(_ call: ActionCall) async throws(ActionError) -> Value {
        let step = try StorageStep(call)
        let name = try call.text("volume")
        let arguments = call.arguments
        return try step.change { (ledger) throws(StorageRefusal) in
            var volume = try ledger.held(name)
            if let locked = arguments["locked"]?.bool { volume.isLocked = locked }
            if let applications = arguments["app_io"]?.bool { volume.admitsApplications = applications }
            if let `internal` = arguments["int_io"]?.bool { volume.admitsInternal = `internal` }
            if let level = arguments["forced_level"]?.int { volume.forcedLevel = level }
            ledger.volumes[name] = volume
            return .null
        }
    }
}
