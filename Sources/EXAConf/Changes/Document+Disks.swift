/// Disks of nodes and their devices.
extension Document {
    /// Adds a disk to a node.
    ///
    /// - Throws: `missing` without the node, `exists` for a known name or a device the node has already, `invalid`.
    package mutating func addDisk(_ name: String, node: Int, _ settings: DiskSettings) throws(EXAConfError) {
        try TextRule.check(listed: name, "disk")
        let present = try require(.node(node)).sections(kind: "Disk").flatMap { Disk($0).devices }
        for device in settings.devices ?? [] where present.contains(device) {
            throw EXAConfError.exists("Device '\(TextRule.shown(device))' of node \(node)")
        }
        try atomically { (draft) throws(EXAConfError) in
            try draft.addSection(.disk(name, node: node))
            try draft.write(try settings.assignments(), to: .disk(name, node: node))
        }
    }

    /// Takes a disk off a node.
    ///
    /// - Throws: `missing` without the disk, `inUse` when a volume of the node lies on it.
    package mutating func removeDisk(_ name: String, node: Int, force: Bool = false) throws(EXAConfError) {
        _ = try require(.disk(name, node: node))
        let users = volumes.filter { $0.disk == name && $0.nodes.contains(node) }.map(\.headerText)
        guard force || users.isEmpty else { throw EXAConfError.inUse("Disk '\(name)' of node \(node)", by: users) }
        removeSection(.disk(name, node: node))
    }

    /// Adds a device to a disk.
    ///
    /// - Throws: `missing` without the disk, `exists` when the node has the device already, `invalid`.
    package mutating func addDevice(_ device: String, disk: String, node: Int) throws(EXAConfError) {
        let path = SectionPath.disk(disk, node: node)
        let devices = Disk(try require(path)).devices
        let present = try require(.node(node)).sections(kind: "Disk").flatMap { Disk($0).devices }
        guard !present.contains(device) else {
            throw EXAConfError.exists("Device '\(TextRule.shown(device))' of node \(node)")
        }
        try set("Devices", toList: devices + [device], tight: devices.isEmpty, in: path)
    }

    /// Takes a device off a disk, and the disk with it when that was the last one.
    ///
    /// - Throws: `missing` without disk or device, `inUse` when the disk would go and a volume lies on it.
    package mutating func removeDevice(
        _ device: String, disk: String, node: Int, force: Bool = false
    ) throws(EXAConfError) {
        let path = SectionPath.disk(disk, node: node)
        let view = Disk(try require(path))
        guard view.devices.contains(device) else {
            throw EXAConfError.missing("Device '\(TextRule.shown(device))' of disk '\(disk)'")
        }
        let left = view.devices.filter { $0 != device }
        guard !left.isEmpty else { return try removeDisk(disk, node: node, force: force) }
        try atomically { (draft) throws(EXAConfError) in
            try draft.set("Devices", toList: left, tight: left.count == 1, in: path)
            let mapping = view.mapping.filter { $0.device != device }.map(\.description)
            guard draft.value("Mapping", in: path) != nil else { return }
            try draft.set("Mapping", toList: mapping, tight: mapping.count < 2, in: path)
        }
    }
}
