/// Local volumes.
extension Document {
    /// Adds a local volume.
    ///
    /// - Throws: `exists` for a name any volume has, `missing` for an unknown node, disk or owner, `invalid`.
    package mutating func addVolume(_ name: String, _ settings: VolumeSettings) throws(EXAConfError) {
        try check(newVolumeName: name)
        guard let type = settings.type, settings.size != nil, settings.disk != nil, let nodes = settings.nodes,
            settings.redundancy != nil
        else {
            throw EXAConfError.invalid("A new volume needs a type, a size, a disk, nodes and a redundancy.")
        }
        let isArchive = type == "archive"
        var complete = settings
        complete.masterNodeCount = settings.masterNodeCount ?? nodes.count
        complete.blockSize = settings.blockSize ?? (isArchive ? "64 KiB" : "4 KiB")
        complete.stripeSize = settings.stripeSize ?? (isArchive ? "64 KiB" : "256 KiB")
        complete.owner = settings.owner ?? .standard
        complete.permissions = settings.permissions ?? "rwx"
        complete.isShared = settings.isShared ?? true
        complete.priority = settings.priority ?? 10
        var ids = volumeIDs
        ids[name] = (ids.values.max() ?? -1) + 1
        let expected = ids
        try atomically { (draft) throws(EXAConfError) in
            try draft.addSection(.volume(name))
            try draft.write(complete, toVolume: name)
            try draft.keepVolumeIDs(expected)
        }
    }

    /// Changes keys of a local volume; type, block size and stripe size stay.
    ///
    /// - Throws: `missing` for an unknown volume, node, disk or owner, `invalid`.
    package mutating func modifyVolume(_ name: String, _ settings: VolumeSettings) throws(EXAConfError) {
        _ = try require(.volume(name))
        var changed = settings
        changed.type = nil
        changed.blockSize = nil
        changed.stripeSize = nil
        try atomically { (draft) throws(EXAConfError) in try draft.write(changed, toVolume: name) }
    }

    /// Takes a local volume out.
    ///
    /// - Parameter force: also when a database or schedule names it.
    /// - Throws: `missing` for an unknown volume, `inUse` by databases and schedules.
    package mutating func removeVolume(_ name: String, force: Bool = false) throws(EXAConfError) {
        _ = try require(.volume(name))
        let users = databaseUsers(of: name) + scheduleUsers(of: [name])
        guard force || users.isEmpty else { throw EXAConfError.inUse("Volume '\(name)'", by: users) }
        let ids = volumeIDs.filter { $0.key != name }
        try atomically { (draft) throws(EXAConfError) in
            draft.removeSection(.volume(name))
            try draft.keepVolumeIDs(ids)
        }
    }

    /// Writes down the ids that would not follow from the order of the volumes any more, so that none changes.
    private mutating func keepVolumeIDs(_ ids: [String: Int]) throws(EXAConfError) {
        for volume in volumes {
            guard let id = ids[volume.name], volumeIDs[volume.name] != id else { continue }
            try set("ID", to: String(id), in: .volume(volume.name))
        }
    }

    private mutating func write(_ settings: VolumeSettings, toVolume name: String) throws(EXAConfError) {
        try check(owner: settings.owner)
        try check(nodes: settings.nodes)
        try write(try settings.assignments(), to: .volume(name))
        let volume = Volume(try require(.volume(name)))
        guard volume.isArchive || (settings.ports.isEmpty && settings.partitionSize == nil) else {
            let port = settings.ports.keys.map(\.rawValue).min()
            throw EXAConfError.invalid(
                "Only an archive volume can have ports and a partition size.", key: port ?? "PartitionSize")
        }
        try write(settings.ports, to: .volume(name))
        guard
            settings.nodes != nil || settings.disk != nil || settings.redundancy != nil
                || settings.masterNodeCount != nil
        else { return }
        try Self.check(volume.redundancy, in: 1...max(1, volume.nodes.count), key: "Redundancy")
        try Self.check(volume.masterNodeCount, in: 1...max(1, volume.nodes.count), key: "NumMasterNodes")
        guard let disk = volume.disk else { return }
        for id in volume.nodes where !contains(.disk(disk, node: id)) {
            throw EXAConfError.missing("Disk '\(TextRule.shown(disk))' of node \(id)")
        }
    }
}
