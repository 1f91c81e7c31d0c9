import JobEngine
package import Values

/// `storage.volume.arrange`: makes this node's part of a volume (`volume`) be what the configuration is about to say
/// (`configuration`, `node`): `purpose` is `create`, `resize` or `delete`.
///
/// Answers null. What is given up stays on the disk until the
/// configuration says so: the settling after the revision removes it.
package struct StorageVolumeArrange: NodeAction {
    /// Stored in job records: it stays what it is.
    package static let name = "storage.volume.arrange"

    /// Segments are sparse files of mode 0600; new bytes are zero.
    ///
    /// - Throws: `refused` for too little space or a lock, `failed` with code 1 for a file that cannot be made, with code 2 for an unfit argument; nothing is left
    ///   behind then.
    package func run(_ call: ActionCall) async throws(ActionError) -> Value {
        let step = try StorageStep(call)
        let name = try call.text("volume")
        switch try call.text("purpose") {
        case "create": return try create(name, step)
        case "resize": return try resize(name, step)
        case "delete":
            return try step.change { (ledger) throws(StorageRefusal) in
                ledger.retire(name)
                return .null
            }
        default: throw .argument("purpose", "must be create, resize or delete")
        }
    }

    private func create(_ name: String, _ step: StorageStep) throws(ActionError) -> Value {
        guard let volume = step.part.volume(name) else { return .null }
        let isFree = try ActionError.reporting { () throws(InstallError) in
            try step.folder.isOurs(volume.id, step.name)
        }
        guard isFree else {
            throw .refused(
                JobError(
                    .objectExists,
                    "The folder of volume id \(volume.id) holds content of something else: move it away."))
        }
        return try step.change(except: name) { (ledger) throws(StorageRefusal) in
            try ledger.create(volume, room: try room(step, ledger))
            return .null
        } files: { (ledger) throws(InstallError) in
            guard let made = ledger.volumes[name] else { return }
            try step.folder.makeFolder(ofVolume: volume.id, step: step.name)
            try step.folder.conform(made, keepsMore: true)
        }
    }

    private func resize(_ name: String, _ step: StorageStep) throws(ActionError) -> Value {
        try step.change { (ledger) throws(StorageRefusal) in
            guard let volume = step.part.volume(name) else {
                ledger.retire(name)
                return .null
            }
            try ledger.resize(volume, room: try room(step, ledger))
            return .null
        }
    }

    private func room(_ step: StorageStep, _ ledger: StorageLedger) throws(StorageRefusal) -> StorageLedger.Room {
        do throws(InstallError) {
            return try step.folder.room(ledger)
        } catch {
            throw StorageRefusal(.space, error.description)
        }
    }
}

/// `storage.volume.fit`: whether ``StorageVolumeArrange`` with the same arguments would be refused; touches nothing.
package struct StorageVolumeFit: NodeAction {
    /// As commands call it.
    package static let name = "storage.volume.fit"

    /// - Throws: `refused` for too little space or a lock, as the change itself.
    package func run(_ call: ActionCall) async throws(ActionError) -> Value {
        let step = try StorageStep(call)
        let (name, purpose) = (try call.text("volume"), try call.text("purpose"))
        guard purpose != "delete", let volume = step.part.volume(name) else { return .null }
        let newcomer = purpose == "create" ? name : nil
        var ledger = try ActionError.reporting { () throws(InstallError) in
            try step.folder.adopted(step.part, except: newcomer)
        }
        let room = try ActionError.reporting { () throws(InstallError) in try step.folder.room(ledger) }
        return try step.admitted { () throws(StorageRefusal) in
            if newcomer == nil {
                try ledger.resize(volume, room: room)
            } else {
                try ledger.create(volume, room: room)
            }
            return .null
        }
    }
}
