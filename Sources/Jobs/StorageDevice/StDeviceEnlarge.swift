import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `st_device_enlarge`: gives a device more space.
    package static let stDeviceEnlarge = JobDefinition(
        name: "st_device_enlarge", noun: "storage_device", summary: "Make a device larger.",
        mode: .read, permission: .storageChanges, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let device = try context.givenDevice(in: document)
            return try context.setting(device, about: "num_sectors") {
                $0.sectors = context.arguments.int("num_sectors") ?? 0
                $0.grows = true
            }
        }
    ).with {
        $0.mandatory = [
            .deviceName, .physicalNode,
            Parameter("num_sectors", .int, text: "Number of sectors, 0 when not known.", range: 0...(1 << 45)),
        ]
        $0.help = "0 sectors stand for the size of the file as it is now."
        $0.locks = storageLock
        $0.undoes = storageUndoes
        $0.example = ["devname": "/exa/data/storage/dev.1", "node": 11, "num_sectors": 0]
    }
}
