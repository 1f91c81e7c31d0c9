import Glibc
import JobEngine
import NodeCommands
import Values

/// A task a node knows how to do.
protocol StorageAction: StorageTask {
    /// Does it.
    ///
    /// - Throws: ``ActionError``, with a message for the caller of the job.
    func run(_ step: StorageStep) throws(ActionError) -> Answer
}

extension OnStorage: NodeAction where Task: StorageAction {
    func run(_ call: ActionCall) throws(ActionError) -> Answer { try task.run(StorageStep(call, self)) }
}

extension StorageRestore: StorageAction {
    /// A step that never began has nothing to take back.
    ///
    /// - Throws: `failed` with code 1 when files could not be put back.
    func run(_ step: StorageStep) throws(ActionError) -> NoAnswer {
        try step.takeBack(volume: volume)
        return NoAnswer()
    }
}

extension StorageNodeSet: StorageAction {
    /// - Throws: `failed` with code 1 when the ledger cannot be written.
    func run(_ step: StorageStep) throws(ActionError) -> NoAnswer {
        try step.change { (ledger) throws(StorageRefusal) in
            if let suspended { ledger.settings.isSuspended = suspended }
            if let recovery { ledger.settings.isRecoveryEnabled = recovery }
            if let limit { ledger.settings.recoveryLimit = limit }
            if let threshold { ledger.settings.warnThreshold = threshold }
            return NoAnswer()
        }
    }
}

extension StorageVolumeSet: StorageAction {
    /// - Throws: `refused` for what is not here or in use, `failed` with code 1 when the ledger cannot be written.
    func run(_ step: StorageStep) throws(ActionError) -> NoAnswer {
        try step.change { (ledger) throws(StorageRefusal) in
            var held = try ledger.held(volume)
            if let locked { held.isLocked = locked }
            if let admitsApplications { held.admitsApplications = admitsApplications }
            if let admitsInternal { held.admitsInternal = admitsInternal }
            if let forcedLevel { held.forcedLevel = forcedLevel }
            ledger.volumes[volume] = held
            return NoAnswer()
        }
    }
}

extension StorageVolumeClear: StorageAction {
    /// - Throws: `refused` for a locked volume; `failed` with code 2 for a number that is negative, with code 1 for a file that
    ///   cannot be written; `cancelled` or `timedOut` between two pieces.
    func run(_ step: StorageStep) throws(ActionError) -> NoAnswer {
        guard bytes >= 0 else { throw .argument("bytes", "must be a number that is not negative") }
        let ledger = try step.look()
        let held = try step.admitted { () throws(StorageRefusal) in
            try ledger.admitWork(on: volume)
            return try ledger.held(volume)
        }
        for (segment, length) in held.lengths.sorted(by: { $0.key < $1.key }) {
            let path = step.folder.path(ofSegment: segment, volume: held.id)
            guard step.folder.size(ofFile: path) != nil else { continue }
            try step.folder.clear(path, bytes == 0 ? length : min(bytes, length), check: step.call.check)
        }
        return NoAnswer()
    }
}

extension StorageCalibrate: StorageAction {
    private static let pieces = 16

    /// Writes 16 MiB to a file beside the devices and removes it.
    ///
    /// - Throws: `failed` with code 1 when the file cannot be written.
    func run(_ step: StorageStep) throws(ActionError) -> Answer {
        let (call, path) = (step.call, step.folder.devices + "/.calibration")
        defer { try? call.files.remove(path) }
        let start = ContinuousClock.now
        // Bytes that differ, so that no layer below stores them for less.
        var random = SystemRandomNumberGenerator()
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        for index in bytes.indices { bytes[index] = UInt8.random(in: .min ... .max, using: &random) }
        for number in 0..<Self.pieces {
            try call.check()
            bytes[0] = UInt8(truncatingIfNeeded: number)
            let piece = bytes
            try ActionError.reporting { () throws(InstallError) in
                try call.files.remove(path)
                try call.files.write(piece, to: path, mode: 0o600)
            }
        }
        let seconds = Double((ContinuousClock.now - start) / .milliseconds(1)) / 1000
        let limit = max(1, Int(Double(Self.pieces) / max(seconds, 0.001) / 2))
        return try step.change { (ledger) throws(StorageRefusal) in
            ledger.settings.calibratedLimit = limit
            return Answer(limit: limit)
        }
    }
}
