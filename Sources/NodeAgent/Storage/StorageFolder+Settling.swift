import EXAConf
import JobEngine

extension StorageFolder {
    /// Removes what the ledger gave up and the configuration does not name, takes up what it names, and cuts files to
    /// the length of their segments.
    func settle(_ part: StoragePart, _ document: Document) throws(InstallError) {
        let before = try ledger()
        guard before != AllocationTable() || !part.disks.isEmpty else { return }
        let after = try removingRetired(from: before, document: document, part: part)
        var ledger = after
        try adopt(part, into: &ledger)
        if ledger != before { try durable.write(try bytes(of: ledger), to: ledgerPath, mode: 0o600) }
        try conformDevices(ledger)
        for (name, volume) in ledger.volumes {
            // One that is in no configuration is the business of the step that makes it, or takes it back.
            guard let decided = part.volume(name) else { continue }
            // Lengths nobody has decided may still be taken back.
            try conform(volume, keepsMore: decided.segments != volume.lengths)
        }
    }

    private func removingRetired(
        from before: AllocationTable, document: Document, part: StoragePart
    ) throws(InstallError) -> AllocationTable {
        var ledger = before
        for volume in before.retired {
            if part.volume(volume.name) != nil, document.volumeIDs[volume.name] == volume.id { continue }
            if !ledger.volumes.values.contains(where: { $0.id == volume.id }) {
                try removeContent(ofVolume: volume.id)
            }
            ledger.retired.removeAll { $0 == volume }
        }
        for device in before.retiredDevices where part.disk(of: device) == nil {
            if isDevice(device) { try durable.remove(try path(ofDevice: device)) }
            ledger.retiredDevices.removeAll { $0 == device }
        }
        return ledger
    }
}
