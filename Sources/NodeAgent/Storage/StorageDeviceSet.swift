import JobEngine
import NodeCommands

extension StorageDeviceSet: StorageAction {
    /// - Throws: `refused` for what is not here or in use, `failed` with code 1 for a file that cannot be made.
    func run(_ step: StorageStep) throws(ActionError) -> NoAnswer {
        let path = try ActionError.reporting { () throws(InstallError) in try step.folder.path(ofDevice: device) }
        let fileSize = step.folder.size(ofFile: path)
        return try step.change { (ledger) throws(StorageRefusal) in
            if step.part.disk(of: device) == nil {
                try remove(from: &ledger)
            } else {
                try set(in: &ledger, fileSize: fileSize)
            }
            return NoAnswer()
        }
    }

    private func remove(from ledger: inout AllocationTable) throws(StorageRefusal) {
        try refuseUsed(ledger, "remove")
        guard let former = ledger.devices.removeValue(forKey: device) else { return }
        if former.isMade { ledger.retiredDevices.append(device) }
    }

    private func set(in ledger: inout AllocationTable, fileSize: Int?) throws(StorageRefusal) {
        guard var entry = ledger.devices[device] else {
            throw StorageRefusal(.missing, "Storage knows no device '\(device)' on this node.")
        }
        if wipes == true { try refuseUsed(ledger, "wipe") }
        if let disabled { entry.isDisabled = disabled }
        if case .some(.some(let isReadOnly)) = readOnly { entry.isReadOnly = isReadOnly }
        if let usesChecksums { entry.usesChecksums = usesChecksums }
        if let synchronizesChecksums { entry.synchronizesChecksums = synchronizesChecksums }
        if clearsErrors == true { entry.errors = 0 }
        if let sectorSize { entry.sectorSize = sectorSize }
        try resize(&entry, fileSize: fileSize, end: ledger.extents(of: device).map(\.end).max() ?? 0)
        ledger.devices[device] = entry
    }

    private func resize(
        _ entry: inout AllocationTable.Device, fileSize: Int?, end: Int
    ) throws(StorageRefusal) {
        var given = size
        if given == nil, let sectors { given = try bytes(sectors, of: entry) }
        guard let size = given else { return }
        let wanted = size == 0 ? max(fileSize ?? 0, entry.size) : size
        let least = grows == true ? entry.size : end
        guard wanted >= least else {
            throw StorageRefusal(
                .busy,
                "Device '\(device)' has \(ByteText(entry.size)) now and cannot become smaller than "
                    + "\(ByteText(least)).")
        }
        entry.size = wanted
        // A file of somebody else is never cut: only what lies within its length is given out.
        if let fileSize, !entry.isMade, wanted > fileSize { entry.isMade = true }
    }

    private func bytes(_ sectors: Int, of entry: AllocationTable.Device) throws(StorageRefusal) -> Int {
        let (bytes, overflow) = sectors.multipliedReportingOverflow(by: entry.sectorSize)
        guard !overflow, bytes <= 1 << 50 else { throw StorageRefusal(.space, "A device has at most 1 PiB.") }
        return bytes
    }

    private func refuseUsed(_ ledger: AllocationTable, _ verb: String) throws(StorageRefusal) {
        let users = ledger.volumes.filter { $0.value.segments.values.joined().contains { $0.device == device } }
        guard users.isEmpty else {
            throw StorageRefusal(
                .busy,
                "Cannot \(verb) device '\(device)': volumes \(users.keys.sorted().joined(separator: ", ")) lie on it.")
        }
    }
}
