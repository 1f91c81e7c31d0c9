import EXAConf
import JobEngine
import Logging

extension NodeAgent {
    /// The state storage was last settled in.
    struct SettledStorage: Equatable {
        let configuration: Document
        let ledger: FileStatus?
    }

    /// Makes storage follow a configuration that was decided: volumes it names are taken up, content it has given up is
    /// removed.
    ///
    /// A fault is told to the operator and stops no revision: the next one tries again.
    func settleStorage(_ document: Document) {
        let excerpt = document.storageExcerpt
        let folder = StorageFolder(root: root, durable: durable)
        let now = SettledStorage(configuration: excerpt, ledger: try? durable.files.status(of: folder.ledgerPath))
        guard now != settledStorage else { return }
        do throws(InstallError) {
            try folder.settle(StoragePart(excerpt, node: node), excerpt)
            let ledger = try? durable.files.status(of: folder.ledgerPath)
            settledStorage = SettledStorage(configuration: excerpt, ledger: ledger)
        } catch {
            logger.warning("storage does not follow the configuration", metadata: ["cause": "\(error)"])
        }
    }
}

extension StorageFolder {
    /// Removes what the ledger gave up and the configuration does not name, takes up what it names, and cuts files to
    /// the length of their segments.
    func settle(_ part: StoragePart, _ document: Document) throws(InstallError) {
        let before = try ledger()
        guard before != StorageLedger() || !part.disks.isEmpty else { return }
        let after = try removingRetired(before, document, part)
        var ledger = after
        ledger.adopt(part, free: try fileSystem().free) { name in
            (try? path(ofDevice: name)).flatMap { size(ofFile: $0) }
        }
        if ledger != before { try durable.write(try bytes(of: ledger), to: ledgerPath, mode: 0o600) }
        try conformDevices(ledger)
        for (name, volume) in ledger.volumes {
            // Lengths nobody has decided may still be taken back.
            let isDecided = part.volume(name)?.segments == volume.lengths
            try conform(volume, keepsMore: !isDecided)
        }
    }

    private func removingRetired(
        _ before: StorageLedger, _ document: Document, _ part: StoragePart
    ) throws(InstallError) -> StorageLedger {
        var ledger = before
        for volume in before.retired {
            if part.volume(volume.name) != nil, document.volumeIDs[volume.name] == volume.id { continue }
            if !ledger.volumes.values.contains(where: { $0.id == volume.id }) {
                try removeContent(ofVolume: volume.id)
            }
            ledger.retired.removeAll { $0 == volume }
        }
        for device in before.retiredDevices where part.disk(of: device) == nil {
            try durable.remove(try path(ofDevice: device))
            ledger.retiredDevices.removeAll { $0 == device }
        }
        return ledger
    }
}
