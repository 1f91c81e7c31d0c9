import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `st_device_modify`: gives a device another disk, size or rights.
    package static let stDeviceModify = JobDefinition(
        name: "st_device_modify", noun: "storage_device", summary: "Give a device new parameters.",
        mode: .modify, permission: .storageChanges, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let device = try context.givenDevice(in: document)
            if let disk = context.arguments.string("disk"), disk != device.disk?.name {
                try document.move(device, to: disk)
            }
            let sectorSize = try context.arguments.sectorSize()
            let sectors = context.arguments.int("num_sectors")
            let isMoved = document != context.document
            return try context.setting(device, for: document, about: "num_sectors") {
                $0.readOnly = .some(context.arguments.bool("read_only"))
                ($0.sectorSize, $0.sectors) = (sectorSize, sectors)
                $0.wipes = sectorSize != nil || sectors != nil || isMoved
            }
        }
    ).with {
        $0.mandatory = [.deviceName, .physicalNode]
        $0.help = "Another disk, sector size or number of sectors wipes the device, so no volume may lie on it."
        $0.optional = [
            .diskName, Parameter("num_sectors", .int, text: "Number of sectors.", range: 0...(1 << 45)),
            Parameter("read_only", .bool, text: "The device is read-only."),
            Parameter("sector_size", .str, text: "Sector size with a unit."),
        ]
        $0.locks = storageLock
        $0.undoes = storageUndoes
        $0.example = ["devname": "/exa/data/storage/dev.1", "node": 11, "sector_size": "1 KiB"]
    }
}

extension Document {
    fileprivate mutating func move(_ device: GivenDevice, to disk: String) throws(JobError) {
        let old = device.disk?.name ?? ""
        try edit(about: "disk") { (draft) throws(EXAConfError) in
            try draft.removeDevice(device.name, disk: old, node: device.node)
            if draft.node(id: device.node)?.disks.contains(where: { $0.name == disk }) == true {
                try draft.addDevice(device.name, disk: disk, node: device.node)
            } else {
                try draft.addDisk(
                    disk, node: device.node, DiskSettings(component: "exastorage", devices: [device.name]))
            }
        }
    }
}
