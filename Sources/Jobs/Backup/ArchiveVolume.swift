import EXAConf
import JobEngine
import Values

/// A volume backups are kept in: a local archive volume or a remote one.
struct ArchiveVolume: Sendable {
    let name: String
    /// As backups name it.
    let id: Int
    /// What a command is told of it, secrets in clear.
    let value: Value

    init(_ volume: RemoteVolume) {
        name = volume.name
        id = volume.id ?? 0
        value = .members([
            "name": .string(name), "type": .string(volume.type), "url": volume.url.map(Value.string),
            "username": volume.username.map(Value.string), "password": volume.password.map(Value.string),
            "options": .string(volume.options),
        ])
    }

    init(_ volume: Volume, id: Int) {
        name = volume.name
        self.id = id
        value = .members([
            "name": .string(name), "volume": .int(id), "capacity": volume.size.map { .int($0.bytes) },
        ])
    }

    /// A command on the archive.
    func command(
        _ action: String, on node: Int, _ arguments: [String: Value] = [:], check: String? = nil,
        deadline: Duration = .seconds(3600)
    ) -> Command {
        Command(
            action, on: node, arguments.merging(["archive": value]) { $1 }, secrets: Self.secrets, check: check,
            deadline: deadline)
    }

    // An access key is a user name here, and an address may have a password in it.
    private static let secrets: Set = ["password", "password_hash", "username", "url"]
}

extension ArchiveVolume {
    /// A command that asks archives at the same time.
    ///
    /// - Parameter silent: Stands for answers that do not come in time.
    static func look(
        _ action: String, on node: Int, _ archives: [ArchiveVolume], _ arguments: [String: Value] = [:], silent: Value
    ) -> Command {
        var command = Command(
            action, on: node, arguments.merging(["archives": .list(archives.map(\.value))]) { $1 },
            secrets: secrets, deadline: JobContext.longestLook)
        command.answerIfSilent = silent
        return command
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
