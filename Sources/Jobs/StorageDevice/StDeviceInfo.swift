import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `st_device_info`: one device as it is on its node.
    package static let stDeviceInfo = JobDefinition(
        name: "st_device_info", noun: "storage_device", summary: "Details of a device.",
        mode: .read, permission: .storage,
        result: "Dict of the device: sizes in bytes, and free_space and total_space with units.",
        work: .look { (context) throws(JobError) in
            let document = context.document
            let device = try context.givenDevice(in: document, node: "node_id")
            try context.requireReachable([device.node])
            return try context.viewing(on: [device.node]) { (view) throws(JobError) in try view.value(of: device) }
        }
    ).with {
        $0.answer = .device
        $0.mandatory = [.deviceName, Parameter("node_id", .int, text: "Node id.")]
        $0.recovery = .restart
        $0.example = ["devname": "/exa/data/storage/dev.1", "node_id": 11]
    }
}

extension StorageView {
    fileprivate func value(of device: GivenDevice) throws(JobError) -> Value {
        guard let told = looks[device.node]?.devices[device.name], let disk = device.disk else {
            throw .missing("device \(device.path) of node \(device.node)")
        }
        let sector = max(1, told.sectorSize)
        return .members([
            "devname": .string(device.path), "node": .int(device.node), "disk": .string(disk.name),
            "state": told.disabled ? "DISABLED" : "ONLINE", "size": .int(told.size),
            "sector_size": .int(sector), "seccount": .int(told.size / sector), "free": .int(told.free),
            "total_space": .string(Size(bytes: told.size)?.description ?? ""),
            "free_space": .string(Size(bytes: told.free)?.description ?? ""),
            "errors": .int(told.errors), "read_only": .bool(told.readOnly), "use_crc": .bool(told.usesChecksums),
            "sync_crc": .bool(told.synchronizesChecksums), "direct_io": .bool(disk.usesDirectIO),
            "ephemeral": .bool(disk.isEphemeral),
        ])
    }
}

extension Shape {
    fileprivate static let device = Shape.object(
        "StDeviceInfoResult", text: "A device; sizes are bytes.",
        members: [
            .has("devname", .str), .has("node", .int), .has("disk", .str),
            .has("state", .word(["ONLINE", "DISABLED"])),
            .has("size", .int), .has("sector_size", .int), .has("seccount", .int, text: "How many sectors it has."),
            .may("free", .int), .has("total_space", .str, text: "The size, with a unit."),
            .has("free_space", .str, text: "What is free, with a unit."), .may("errors", .int),
            .may("read_only", .bool),
            .may("use_crc", .bool),
            .may("sync_crc", .bool), .has("direct_io", .bool), .has("ephemeral", .bool),
        ])
}
