import JobEngine
package import Values

/// `storage.device.set`: adds, changes or removes a device (`device`) of this node, as the configuration is about to say
/// (`configuration`, `node`).
///
/// Each only when given: `disabled`, `read_only`, `use_crc`, `sync_crc`, `clear_errors`, `size` and `sector_size` in
/// bytes. A size of 0 is that of the file as it is now. `isNew` and `wipes` say what the job found out.
package struct StorageDeviceSet: NodeAction {
    /// Stored in job records: it stays what it is.
    package static let name = "storage.device.set"

    /// Answers null.
    ///
    /// - Throws: `refused` for what is not here or in use, `failed` with code 1 for a file that cannot be made, with code 2 for an unfit argument.
    package func run(_ call: ActionCall) async throws(ActionError) -> Value {
        let step = try StorageStep(call)
        let name = try call.text("device")
        let path = try ActionError.reporting { () throws(InstallError) in try step.folder.path(ofDevice: name) }
        let fileSize = step.folder.size(ofFile: path)
        return try step.change { (ledger) throws(StorageRefusal) in
            if step.part.disk(of: name) == nil {
                try remove(name, &ledger)
            } else {
                try set(name, call.arguments, fileSize, &ledger)
            }
            return .null
        }
    }

    private func remove(_ name: String, _ ledger: inout StorageLedger) throws(StorageRefusal) {
        try refuseUsed(name, ledger, "remove")
        guard let device = ledger.devices.removeValue(forKey: name) else { return }
        if device.isMade { ledger.retiredDevices.append(name) }
    }

    private func set(
        _ name: String, _ arguments: [String: Value], _ fileSize: Int?, _ ledger: inout StorageLedger
    ) throws(StorageRefusal) {
        guard var device = ledger.devices[name] else {
            throw StorageRefusal(.missing, "Storage knows no device '\(name)' on this node.")
        }
        if arguments["wipes"]?.bool == true { try refuseUsed(name, ledger, "wipe") }
        if let disabled = arguments["disabled"]?.bool { device.isDisabled = disabled }
        if let readOnly = arguments["read_only"]?.bool { device.isReadOnly = readOnly }
        if let uses = arguments["use_crc"]?.bool { device.usesChecksums = uses }
        if let synchronizes = arguments["sync_crc"]?.bool { device.synchronizesChecksums = synchronizes }
        if arguments["clear_errors"]?.bool == true { device.errors = 0 }
        try resize(&device, arguments, fileSize, name, ledger)
        ledger.devices[name] = device
    }

    private func resize(
        _ device: inout StorageLedger.Device, _ arguments: [String: Value], _ fileSize: Int?, _ name: String,
        _ ledger: StorageLedger
    ) throws(StorageRefusal) {
        if let sector = arguments["sector_size"]?.int { device.sectorSize = sector }
        var size = arguments["size"]?.int
        if size == nil, let sectors = arguments["sectors"]?.int {
            let (bytes, overflow) = sectors.multipliedReportingOverflow(by: device.sectorSize)
            guard !overflow, bytes <= 1 << 50 else {
                throw StorageRefusal(.space, "A device has at most 1 PiB.")
            }
            size = bytes
        }
        guard let size else { return }
        let wanted = size == 0 ? max(fileSize ?? 0, device.size) : size
        let end = ledger.extents(of: name).map(\.end).max() ?? 0
        let least = arguments["grows"]?.bool == true ? device.size : end
        guard wanted >= least else {
            throw StorageRefusal(
                .busy,
                "Device '\(name)' has \(ByteText(device.size)) now and cannot become smaller than "
                    + "\(ByteText(least)).")
        }
        device.size = wanted
        // A file of somebody else is never cut: only what lies within its length is given out.
        if let fileSize, !device.isMade, wanted > fileSize { device.isMade = true }
    }

    private func refuseUsed(_ name: String, _ ledger: StorageLedger, _ verb: String) throws(StorageRefusal) {
        let users = ledger.volumes.filter { $0.value.segments.values.joined().contains { $0.device == name } }
        guard users.isEmpty else {
            throw StorageRefusal(
                .busy,
                "Cannot \(verb) device '\(name)': volumes \(users.keys.sorted().joined(separator: ", ")) lie on it.")
        }
    }
}
