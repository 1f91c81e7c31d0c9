import JobEngine
import NodeCommands

extension StorageVolumeArrange: StorageAction {
    /// Segments are sparse files of mode 0600; new bytes are zero.
    ///
    /// - Throws: `refused` for too little space or a lock, `failed` with code 1 for a file that cannot be made; nothing is left
    ///   behind then.
    func run(_ step: StorageStep) throws(ActionError) -> NoAnswer {
        switch purpose {
        case .create: return try create(step)
        case .resize: return try resize(step)
        case .delete:
            return try step.change { (ledger) throws(StorageRefusal) in
                ledger.retire(volume)
                return NoAnswer()
            }
        }
    }

    private func create(_ step: StorageStep) throws(ActionError) -> NoAnswer {
        guard let volume = step.part.volume(self.volume) else { return NoAnswer() }
        let isFree = try ActionError.reporting { () throws(InstallError) in
            try step.folder.isOurs(volume.id, step.name)
        }
        guard isFree else {
            throw .refused(
                JobError(
                    .objectExists,
                    "The folder of volume id \(volume.id) holds content of something else: move it away."))
        }
        return try step.change(except: self.volume) { (ledger) throws(StorageRefusal) in
            try ledger.create(volume, room: try room(step, ledger))
            return NoAnswer()
        } files: { (ledger) throws(InstallError) in
            guard let made = ledger.volumes[self.volume] else { return }
            try step.folder.makeFolder(ofVolume: volume.id, step: step.name)
            try step.folder.conform(made, keepsMore: true)
        }
    }

    private func resize(_ step: StorageStep) throws(ActionError) -> NoAnswer {
        try step.change { (ledger) throws(StorageRefusal) in
            guard let volume = step.part.volume(self.volume) else {
                ledger.retire(self.volume)
                return NoAnswer()
            }
            try ledger.resize(volume, room: try room(step, ledger))
            return NoAnswer()
        }
    }

    private func room(_ step: StorageStep, _ ledger: AllocationTable) throws(StorageRefusal) -> AllocationTable.Room {
        do throws(InstallError) {
            return try step.folder.room(ledger)
        } catch {
            throw StorageRefusal(.space, error.description)
        }
    }
}

extension StorageVolumeFit: StorageAction {
    /// - Throws: `refused` for too little space or a lock, as the change itself.
    func run(_ step: StorageStep) throws(ActionError) -> NoAnswer {
        guard purpose != .delete, let volume = step.part.volume(self.volume) else { return NoAnswer() }
        let newcomer = purpose == .create ? self.volume : nil
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
            return NoAnswer()
        }
    }
}
