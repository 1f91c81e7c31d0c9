import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `st_device_add`: a new device on a disk of a node; a disk that is not there is made.
    package static let stDeviceAdd = JobDefinition(
        name: "st_device_add", noun: "storage_device", summary: "Add a device to a disk of a node.",
        mode: .modify, permission: .newDevices, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let device = try context.namedDevice(in: document)
            if device.disk != nil { throw .exists("device \(device.path) of node \(device.node)") }
            guard !device.name.contains("/") else {
                throw .invalid("devname", "'devname': give the path of a file in \(GivenDevice.folder).")
            }
            try document.add(device, context.arguments)
            let (arguments, sectorSize) = (context.arguments, try context.arguments.sectorSize())
            return try context.setting(device, for: document, about: "seccount") {
                $0.sectorSize = sectorSize ?? 4096
                $0.sectors = arguments.int("seccount").flatMap { $0 > 0 ? $0 : nil }
                if let isReadOnly = arguments.bool("read_only") { $0.readOnly = isReadOnly }
                $0.usesChecksums = arguments.bool("use_crc")
                $0.synchronizesChecksums = arguments.bool("sync_crc")
            }
        }
    ).with {
        $0.mandatory = [.deviceName, .diskName, .physicalNode]
        $0.help = """
            The device is a file below /exa/data/storage. One that is there serves as it is; else it is made, as large as \
            the free space when the number of sectors is 0.
            """
        $0.optional = [
            Parameter("direct_io", .bool, text: "Use direct I/O."),
            Parameter("ephemeral", .bool, text: "The device does not outlive the instance."),
            Parameter("read_only", .bool, text: "The device is read-only.", default: false),
            Parameter(
                "seccount", .int, text: "Number of sectors, 0 when not known.", default: 0, range: 0...(1 << 45)),
            Parameter("sector_size", .str, text: "Sector size with a unit.", default: "4 KiB"),
            Parameter("sync_crc", .bool, text: "Synchronise checksums.", default: true),
            Parameter("use_crc", .bool, text: "Use checksums.", default: true),
        ]
        $0.locks = storageLock
        $0.undoes = storageUndoes
        $0.example = [
            "devname": "/exa/data/storage/dev.1", "node": 11, "disk": "default", "read_only": false,
            "seccount": 13_107_200, "sector_size": "4 KiB",
        ]
    }

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

extension Document {
    /// Adds the device to its disk, or makes the disk with it.
    fileprivate mutating func add(_ device: GivenDevice, _ arguments: Arguments) throws(JobError) {
        let name = try arguments.required("disk")
        let disk = node(id: device.node)?.disks.first { $0.name == name }
        guard let disk else {
            let settings = DiskSettings(
                component: "exastorage", devices: [device.name], isEphemeral: arguments.bool("ephemeral"),
                usesDirectIO: arguments.bool("direct_io"))
            return try edit(about: "disk") { (draft) throws(EXAConfError) in
                try draft.addDisk(name, node: device.node, settings)
            }
        }
        guard disk.component.lowercased() == "exastorage" else {
            throw .invalid("disk", "'disk': \(name) of node \(device.node) is no disk for volumes.")
        }
        for (parameter, present) in [("direct_io", disk.usesDirectIO), ("ephemeral", disk.isEphemeral)] {
            guard let given = arguments.bool(parameter), given != present else { continue }
            throw .invalid(parameter, "'\(parameter)': the devices of disk \(name) all have \(present).")
        }
        try edit(about: "devname") { (draft) throws(EXAConfError) in
            try draft.addDevice(device.name, disk: name, node: device.node)
        }
    }

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

extension Arguments {
    /// Bytes of a sector, `nil` when the parameter was left out.
    func sectorSize() throws(JobError) -> Int? {
        guard let text = string("sector_size") else { return nil }
        guard let bytes = Size(text)?.bytes, (512...65_536).contains(bytes), bytes & (bytes - 1) == 0 else {
            throw .invalid("sector_size", "'sector_size': a power of two from 512 B to 64 KiB is allowed.")
        }
        return bytes
    }
}
