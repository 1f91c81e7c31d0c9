import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `st_device_remove`: takes a device off its disk, and the disk away with its last device.
    package static let stDeviceRemove = JobDefinition(
        name: "st_device_remove", noun: "storage_device", summary: "Remove a device that is not in use.",
        mode: .modify, permission: .storageChanges, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let device = try context.givenDevice(in: document)
            try document.edit { (draft) throws(EXAConfError) in
                try draft.removeDevice(device.name, disk: device.disk?.name ?? "", node: device.node)
            }
            return try context.setting(device, for: document) { _ in }
        }
    ).with {
        $0.mandatory = [.deviceName, .physicalNode]
        $0.help = "A file that was made for the device is removed with it."
        $0.locks = storageLock
        $0.undoes = storageUndoes
        $0.example = ["devname": "/exa/data/storage/dev.1", "node": 11]
    }
}
