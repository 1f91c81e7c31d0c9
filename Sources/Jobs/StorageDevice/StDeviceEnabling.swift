import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `st_device_enable`: puts a device back into service, with what is on it.
    package static let stDeviceEnable = JobDefinition(
        name: "st_device_enable", noun: "storage_device", summary: "Put a device back into service.",
        mode: .read, permission: .storageChanges, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let device = try context.givenDevice(in: document)
            return try context.setting(device) { $0.disabled = false }
        }
    ).with {
        $0.mandatory = [.deviceName, .physicalNode]
        $0.locks = storageLock
        $0.undoes = storageUndoes
        $0.example = ["devname": "/exa/data/storage/dev.1", "node": 11]
    }

    /// `st_device_disable`: takes a device out of service as if it had failed.
    package static let stDeviceDisable = JobDefinition(
        name: "st_device_disable", noun: "storage_device", summary: "Take a device out of service as if it had failed.",
        mode: .read, permission: .storageChanges, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let device = try context.givenDevice(in: document)
            return try context.setting(device) { $0.disabled = true }
        }
    ).with {
        $0.mandatory = [.deviceName, .physicalNode]
        $0.help = "Volumes with a segment on it are locked, or degraded where another copy is in service."
        $0.locks = storageLock
        $0.undoes = storageUndoes
        $0.example = ["devname": "/exa/data/storage/dev.1", "node": 11]
    }

    /// `st_device_clear_errors`: forgets the faults that were met on a device.
    package static let stDeviceClearErrors = JobDefinition(
        name: "st_device_clear_errors", noun: "storage_device", summary: "Clear the error marks of a device.",
        mode: .read, permission: .storageChanges, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let device = try context.givenDevice(in: document)
            return try context.setting(device) { $0.clearsErrors = true }
        }
    ).with {
        $0.mandatory = [.deviceName, .physicalNode]
        $0.locks = storageLock
        $0.undoes = storageUndoes
        $0.example = ["devname": "/exa/data/storage/dev.1", "node": 11]
    }
}
