package import EXAConf
package import JobEngine

/// What storage of this node has, for whoever keeps the state of the cluster known.
package struct StorageFound: Sendable, Hashable {
    /// A disk volumes lie on.
    package struct Disk: Sendable, Hashable {
        /// Its name on the node.
        package let name: String
        /// Bytes it has, and those that belong to no volume.
        package let size, free: Int
    }

    /// A volume that lies on this node.
    package struct Volume: Sendable, Hashable {
        /// Its name.
        package let name: String
        /// Why what lies here of it cannot be used; `nil` when it can.
        package let fault: String?
    }

    /// Those of the configuration.
    package let disks: [Disk]
    /// Those with a part here.
    package let volumes: [Volume]
}

extension NodeAgent {
    /// What storage has for a configuration; it changes nothing, and reads one file.
    ///
    /// - Throws: Why its ledger cannot be read.
    package func storageFound(for document: Document) throws(InstallError) -> StorageFound {
        let part = StoragePart(document.storageExcerpt, node: node)
        let ledger = try StorageFolder(root: root, durable: durable).adopted(part)
        let disks = part.disks.map { disk in
            let devices = disk.devices.filter { ledger.devices[$0] != nil }
            return StorageFound.Disk(
                name: disk.name, size: devices.reduce(0) { $0 + (ledger.devices[$1]?.size ?? 0) },
                free: devices.reduce(0) { $0 + ledger.free(of: $1) })
        }
        let volumes = part.volumes.map { volume in
            StorageFound.Volume(name: volume.name, fault: Self.fault(of: volume, ledger))
        }
        return StorageFound(disks: disks, volumes: volumes)
    }

    private static func fault(of volume: StoragePart.Volume, _ ledger: AllocationTable) -> String? {
        if ledger.settings.isSuspended { return "its storage node is suspended" }
        guard let held = ledger.volumes[volume.name] else { return "there is no space for it" }
        if held.isLocked { return "somebody has locked it" }
        let devices = volume.segments.keys.flatMap { held.segments[$0] ?? [] }.map(\.device)
        let isOut = devices.contains { ledger.devices[$0]?.isDisabled == true }
        return isOut ? "a device it lies on is disabled" : nil
    }
}
