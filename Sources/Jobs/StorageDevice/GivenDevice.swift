import EXAConf
import JobEngine
import NodeCommands
import Values

/// A device of a node, as a job's arguments name it.
struct GivenDevice {
    /// The node it belongs to.
    let node: Int
    /// As the configuration writes it: without the storage folder in front.
    let name: String
    /// The disk it belongs to; nil for a device the configuration does not name.
    let disk: Disk?

    /// The folder in which devices without a path of their own lie.
    static let folder = "/exa/data/storage/"

    /// The device as callers name it.
    var path: String { Disk.path(of: name) }
}

extension JobContext {
    /// The device of the parameters `devname` and `node` (or another one for the node), whether the node has it or not.
    func namedDevice(in document: Document, node parameter: String = "node") throws(JobError) -> GivenDevice {
        guard let id = arguments.int(parameter) else {
            throw JobError(.parameterMissing, "'\(parameter)' is missing.")
        }
        let node = try document.given(node: id)
        let text = try arguments.required("devname")
        let name = text.hasPrefix(GivenDevice.folder) ? String(text.dropFirst(GivenDevice.folder.count)) : text
        let letters = name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"#,:'\"".utf8.contains($0) }
        guard !name.isEmpty, letters, name.utf8.count <= 200, name.utf8.first != UInt8(ascii: ".") else {
            throw .invalid("devname", "'devname': give the path of a file below \(GivenDevice.folder).")
        }
        let disk = node.disks.first { $0.devices.contains { $0 == name || $0 == GivenDevice.folder + name } }
        let written = disk?.devices.first { $0 == GivenDevice.folder + name } ?? name
        return GivenDevice(node: id, name: written, disk: disk)
    }

    /// The device of the parameters, which the node has to have.
    func givenDevice(in document: Document, node parameter: String = "node") throws(JobError) -> GivenDevice {
        let device = try namedDevice(in: document, node: parameter)
        guard let disk = device.disk, disk.component.lowercased() == "exastorage" else {
            throw .missing("device \(device.path) of node \(device.node)")
        }
        return device
    }

    /// A plan that changes a device on its node.
    func setting(
        _ device: GivenDevice, for changed: Document? = nil, about parameter: String? = nil,
        _ change: (inout StorageDeviceSet) -> Void
    ) throws(JobError) -> Plan {
        try requireReachable([device.node])
        var task = StorageDeviceSet(device.name)
        change(&task)
        return Plan(commands: [try command(task, on: device.node, for: changed ?? document, about: parameter)])
    }
}
