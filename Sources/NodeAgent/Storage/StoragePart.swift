import EXAConf

/// What the configuration says this node keeps: its disks with their devices, and its segments of every volume.
struct StoragePart: Equatable {
    /// A disk and its devices, in the order of the file.
    struct Disk: Equatable {
        let name: String
        let devices: [String]
    }

    /// The part of a volume this node keeps.
    struct Volume: Equatable {
        let name: String
        let id: Int
        let disk: String
        /// Bytes by segment id.
        let segments: [Int: Int]

        var bytes: Int { segments.values.reduce(0, +) }
    }

    let node: Int
    var disks: [Disk]
    /// Volumes with at least one segment here, in the order of the file; those no layout follows from are left out.
    let volumes: [Volume]

    init(_ document: Document, node: Int) {
        self.node = node
        disks = document.node(id: node)?.storageDisks.map { Disk(name: $0.name, devices: $0.devices) } ?? []
        let ids = document.volumeIDs
        volumes = document.volumes.compactMap { volume in
            guard let layout = try? VolumeLayout(volume), let id = ids[volume.name], let disk = volume.disk else {
                return nil
            }
            let own = layout.segments.filter { $0.node == node }.map { ($0.id, layout.segmentBytes) }
            guard !own.isEmpty else { return nil }
            return Volume(name: volume.name, id: id, disk: disk, segments: Dictionary(own) { first, _ in first })
        }
    }

    func volume(_ name: String) -> Volume? { volumes.first { $0.name == name } }

    /// The disk a device belongs to.
    func disk(of device: String) -> String? { disks.first { $0.devices.contains(device) }?.name }
}
