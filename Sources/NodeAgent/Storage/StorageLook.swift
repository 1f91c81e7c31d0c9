import Glibc
import JobEngine
package import Values

/// `storage.look`: what this node's storage is like for a configuration (`configuration`, `node`).
///
/// Answers `pid`, `free` and `total` (bytes of the file system), `settings`, `devices` by name and `volumes` by name.
package struct StorageLook: NodeAction {
    /// As commands call it.
    package static let name = "storage.look"

    /// Only reads: what the configuration names and storage has not taken up is shown as it would be.
    ///
    /// - Throws: `failed` with code 1 for a damaged ledger, with code 2 for an unfit argument.
    package func run(_ call: ActionCall) async throws(ActionError) -> Value {
        let step = try StorageStep(call)
        let ledger = try step.look()
        let space = try ActionError.reporting { () throws(InstallError) in try step.folder.fileSystem() }
        let devices = ledger.devices.map { ($0.key, ledger.value(ofDevice: $0.key, $0.value)) }
        let volumes = ledger.volumes.map { ($0.key, value($0.value, ledger, step)) }
        return [
            "pid": .int(Int(getpid())), "free": .int(space.free), "total": .int(space.total),
            "settings": ledger.settings.value, "devices": .map(Dictionary(devices) { first, _ in first }),
            "volumes": .map(Dictionary(volumes) { first, _ in first }),
        ]
    }

    private func value(_ volume: StorageLedger.Volume, _ ledger: StorageLedger, _ step: StorageStep) -> Value {
        let segments = volume.segments.map { segment, extents in
            let path = step.folder.path(ofSegment: segment, volume: volume.id)
            let isOut = extents.contains { ledger.devices[$0.device]?.isDisabled == true }
            return (
                String(segment),
                Value.map([
                    "bytes": .int(extents.reduce(0) { $0 + $1.length }), "disabled": .bool(isOut),
                    "present": .bool(step.folder.size(ofFile: path) != nil),
                ])
            )
        }
        return [
            "id": .int(volume.id), "locked": .bool(volume.isLocked), "app_io": .bool(volume.admitsApplications),
            "int_io": .bool(volume.admitsInternal), "forced_level": .int(volume.forcedLevel),
            "segments": .map(Dictionary(segments) { first, _ in first }),
        ]
    }
}

extension StorageLedger {
    fileprivate func value(ofDevice name: String, _ device: Device) -> Value {
        [
            "disk": .string(device.disk), "size": .int(device.size), "free": .int(free(of: name)),
            "sector_size": .int(device.sectorSize), "disabled": .bool(device.isDisabled),
            "read_only": .bool(device.isReadOnly), "use_crc": .bool(device.usesChecksums),
            "sync_crc": .bool(device.synchronizesChecksums), "errors": .int(device.errors),
        ]
    }
}

extension StorageLedger.Settings {
    fileprivate var value: Value {
        .members([
            "suspended": .bool(isSuspended), "recovery": isRecoveryEnabled.map(Value.bool),
            "limit": recoveryLimit.map(Value.int), "calibrated": calibratedLimit.map(Value.int),
            "threshold": warnThreshold.map(Value.int),
        ])
    }
}
