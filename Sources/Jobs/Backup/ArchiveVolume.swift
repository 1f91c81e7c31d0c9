import EXAConf
import JobEngine
import NodeCommands

/// A volume backups are kept in: a local archive volume or a remote one.
struct ArchiveVolume: Sendable {
    let name: String
    /// As backups name it.
    let id: Int
    /// What a command is told of it, secrets in clear.
    let reference: ArchiveReference
    /// The nodes it lies on; none for a remote one, which every node reaches.
    let nodes: [Int]

    init(_ volume: RemoteVolume) {
        nodes = []
        name = volume.name
        id = volume.id ?? 0
        var reference = ArchiveReference(name)
        (reference.type, reference.options) = (volume.type, volume.options)
        (reference.url, reference.username, reference.password) = (volume.url, volume.username, volume.password)
        if !volume.hostKeys.isEmpty { reference.hostKeys = volume.hostKeys }
        self.reference = reference
    }

    init(_ volume: Volume, id: Int) {
        nodes = volume.nodes
        name = volume.name
        self.id = id
        var reference = ArchiveReference(name)
        (reference.volume, reference.capacity) = (id, volume.size?.bytes)
        self.reference = reference
    }
}

extension Document {
    /// Every volume backups can be in: local ones first, in the order of the file.
    var archiveVolumes: [ArchiveVolume] {
        let ids = volumeIDs
        return volumes.filter(\.isArchive).compactMap { volume in
            ids[volume.name].map { ArchiveVolume(volume, id: $0) }
        } + remoteVolumes.map { ArchiveVolume($0) }
    }

    /// The archive volume of the parameters `backup_volume_id` or `backup_volume_name`; the id wins.
    func given(archiveOf arguments: Arguments) throws(JobError) -> ArchiveVolume {
        if let id = arguments.int("backup_volume_id") { return try given(archive: id) }
        let name = try arguments.required("backup_volume_name")
        if volume(named: name)?.isArchive == false {
            throw .invalid(
                "backup_volume_name", "'backup_volume_name': \(name) is a data volume; name an archive volume.")
        }
        guard let volume = archiveVolumes.first(where: { $0.name == name }) else {
            throw .missing("backup volume \(name.echoed)")
        }
        return volume
    }

    func given(archive id: Int) throws(JobError) -> ArchiveVolume {
        guard let volume = archiveVolumes.first(where: { $0.id == id }) else { throw .missing("backup volume \(id)") }
        return volume
    }
}

extension Parameter {
    static let backupVolumeID = Parameter("backup_volume_id", .int, text: "Id of the archive volume, local or remote.")
    static let backupVolumeName = Parameter(
        "backup_volume_name", .str, text: "Name of the archive volume; the id wins when both are given.")
}
