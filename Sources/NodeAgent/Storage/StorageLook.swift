import Glibc
import JobEngine
import NodeCommands

extension StorageLook: StorageAction {
    /// What the configuration names and storage has not taken up is shown as it would be.
    ///
    /// - Throws: `failed` with code 1 for a damaged ledger.
    func run(_ step: StorageStep) throws(ActionError) -> Answer {
        let ledger = try step.look()
        let space = try ActionError.reporting { () throws(InstallError) in try step.folder.fileSystem() }
        return Answer(
            process: Int(getpid()), space: (space.free, space.total), settings: Settings(ledger.settings),
            devices: Dictionary(ledger.devices.map { ($0.key, Device($0.value, free: ledger.free(of: $0.key))) }) {
                first, _ in first
            },
            volumes: ledger.volumes.mapValues { volume(of: $0, ledger, step) })
    }

    private func volume(
        of entry: AllocationTable.Volume, _ ledger: AllocationTable, _ step: StorageStep
    ) -> Volume {
        let segments = entry.segments.map { segment, extents in
            let path = step.folder.path(ofSegment: segment, volume: entry.id)
            let isOut = extents.contains { ledger.devices[$0.device]?.isDisabled == true }
            return (
                segment,
                Segment(
                    bytes: extents.reduce(0) { $0 + $1.length }, disabled: isOut,
                    present: step.folder.size(ofFile: path) != nil)
            )
        }
        var volume = Volume(id: entry.id, segments: Dictionary(segments) { first, _ in first })
        volume.locked = entry.isLocked
        volume.admitsApplications = entry.admitsApplications
        volume.admitsInternal = entry.admitsInternal
        volume.forcedLevel = entry.forcedLevel
        return volume
    }
}

extension StorageLook.Device {
    fileprivate init(_ entry: AllocationTable.Device, free: Int) {
        self.init(disk: entry.disk, size: entry.size, free: free)
        sectorSize = entry.sectorSize
        (disabled, readOnly) = (entry.isDisabled, entry.isReadOnly)
        (usesChecksums, synchronizesChecksums) = (entry.usesChecksums, entry.synchronizesChecksums)
        errors = entry.errors
    }
}

extension StorageLook.Settings {
    fileprivate init(_ settings: AllocationTable.Settings) {
        self.init()
        suspended = settings.isSuspended
        recovery = settings.isRecoveryEnabled
        (limit, calibrated) = (settings.recoveryLimit, settings.calibratedLimit)
        threshold = settings.warnThreshold
    }
}
