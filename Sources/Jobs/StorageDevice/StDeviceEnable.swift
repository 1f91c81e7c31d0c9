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
}
