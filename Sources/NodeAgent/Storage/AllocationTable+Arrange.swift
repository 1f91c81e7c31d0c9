extension AllocationTable {
    /// What is known of the file system the devices and volumes are on.
    struct Room {
        /// Bytes that can still be written.
        var free: Int
        /// Bytes of segments that were given out and never written: they are as good as gone.
        var promised: Int

        var available: Int { max(0, free - promised) }
    }

    /// Takes up what the configuration names and nothing is known of: devices, then volumes.
    ///
    /// A device without a file gets one as large as the free space, and larger when its volumes need it: the
    /// configuration was there first. A volume for which there is no space stays out.
    ///
    /// - Parameters:
    ///   - fileSize: The size of a device's file; nil when there is none.
    ///   - newcomer: A volume that is about to be made, with all checks.
    mutating func adopt(_ part: StoragePart, free: Int, except newcomer: String? = nil, fileSize: (String) -> Int?) {
        for disk in part.disks {
            for device in disk.devices {
                if devices[device] != nil {
                    devices[device]?.disk = disk.name
                    continue
                }
                let size = fileSize(device)
                devices[device] = Device(
                    disk: disk.name, size: size ?? (free >> 20) << 20, isMade: size == nil)
                retiredDevices.removeAll { $0 == device }
            }
        }
        for volume in part.volumes where volume.name != newcomer && volumes[volume.name] == nil { adopt(volume) }
    }

    private mutating func adopt(_ volume: StoragePart.Volume) {
        let lacking = volume.bytes - free(on: volume.disk)
        if lacking > 0 {
            let growing = devices.filter { $0.value.disk == volume.disk && $0.value.isMade }.keys.sorted().last
            guard let growing else { return }
            devices[growing]?.size += ((lacking + (1 << 20) - 1) >> 20) << 20
        }
        guard let arranged = try? arranging(volume, Volume(id: volume.id)) else { return }
        self = arranged
    }

    /// Gives a new volume its segments.
    mutating func create(_ volume: StoragePart.Volume, room: Room) throws(StorageRefusal) {
        guard volumes[volume.name] == nil else {
            throw StorageRefusal(.exists, "Storage has a volume '\(volume.name)' already.")
        }
        try admitWork()
        try check(volume.bytes, room)
        self = try arranging(volume, Volume(id: volume.id))
    }

    /// Gives the segments of a volume the lengths the configuration will have; those it will not have go.
    mutating func resize(_ volume: StoragePart.Volume, room: Room) throws(StorageRefusal) {
        let present = try held(volume.name)
        try admitWork(on: volume.name)
        let growth = volume.segments.reduce(0) { $0 + max(0, $1.value - (present.lengths[$1.key] ?? 0)) }
        try check(growth, room)
        self = try arranging(volume, present)
    }

    /// Gives up a volume; its content goes when the configuration has no such volume any more.
    mutating func retire(_ name: String) {
        guard let volume = volumes.removeValue(forKey: name) else { return }
        retired.append(Retired(name: name, id: volume.id))
    }

    /// The part of a volume that is kept here.
    func held(_ name: String) throws(StorageRefusal) -> Volume {
        guard let volume = volumes[name] else {
            throw StorageRefusal(
                .missing, "Storage keeps nothing of volume '\(name)' on this node: there was no space for it.")
        }
        return volume
    }

    /// Refuses work while the node, or a volume, is closed for it.
    func admitWork(on name: String? = nil) throws(StorageRefusal) {
        if settings.isSuspended {
            throw StorageRefusal(.busy, "The storage node is suspended: resume it with st_node_resume first.")
        }
        guard let name, let volume = volumes[name] else { return }
        if volume.isLocked {
            throw StorageRefusal(.busy, "Volume '\(name)' is locked: unlock it with st_volume_unlock first.")
        }
        if !volume.admitsInternal {
            throw StorageRefusal(
                .busy, "Internal I/O of volume '\(name)' is off: switch it on with st_volume_set_io_status first.")
        }
    }

    private func check(_ growth: Int, _ room: Room) throws(StorageRefusal) {
        guard growth > room.available else { return }
        throw StorageRefusal(
            .space,
            "\(ByteText(growth)) more are needed, but the file system has \(ByteText(room.available)): "
                + "\(ByteText(room.free)) are free, and \(ByteText(room.promised)) of that belong to volumes.")
    }

    private func arranging(
        _ volume: StoragePart.Volume, _ present: Volume
    ) throws(StorageRefusal) -> AllocationTable {
        var copy = self
        copy.volumes[volume.name] = present
        for segment in present.segments.keys where volume.segments[segment] == nil {
            copy.volumes[volume.name]?.segments[segment] = nil
        }
        for (segment, bytes) in volume.segments.sorted(by: { $0.key < $1.key }) {
            guard copy.resize(segment, of: volume.name, to: bytes, on: volume.disk) else {
                throw StorageRefusal(
                    .space,
                    "Disk '\(volume.disk)' has \(ByteText(free(on: volume.disk))) free on this node, too little for "
                        + "volume '\(volume.name)' with \(ByteText(volume.bytes)) here: add a device to the disk.")
            }
        }
        return copy
    }
}
