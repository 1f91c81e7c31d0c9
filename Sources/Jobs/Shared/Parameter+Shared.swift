import JobEngine
import Values

/// Parameters that several jobs take.
extension Parameter {
    static let bucketName = Parameter("bucket_name", .str, text: "Name of the bucket.")
    static let bucketFSName = Parameter("bucketfs_name", .str, text: "Name of the BucketFS service.")
    static let isPublic = Parameter(
        "public", .bool, text: "Whether everybody may read the bucket without a password.")
    static let additionalFiles = Parameter(
        "additional_files", .list, .tuple, text: "Extra entries to expose in the bucket, given as label:pattern.",
        shape: .list(.listed(like: "EXAClusterOS:/opt/exasol/slc-*")),
        example: ["EXAClusterOS:/opt/exasol/slc-*/ScriptLanguages-*"])
    static let readPassword = Parameter(
        "read_password", .str, text: "Password for reading: plain text, or its base64.", secret: true)
    static let writePassword = Parameter(
        "write_password", .str, text: "Password for writing: plain text, or its base64.", secret: true)
    static let httpPort = Parameter(
        "http_port", .str, .int, text: "Plain HTTP port; 0 switches HTTP off. Passwords can be read on the way.")
    static let httpsPort = Parameter("https_port", .str, .int, text: "HTTPS port; 0 switches HTTPS off.")
    static let syncPeriod = Parameter(
        "sync_period", .str, .int, text: "Time between two synchronisations, in milliseconds.")
    static let owner = Parameter(
        "owner", .list, .tuple, text: "Owner as (user id, group id) or (user name, group name).", shape: .owner,
        example: [500, 500])

    static let databaseName = Parameter("db_name", .str, text: "Name of a database that exists.")
    static let backupName = Parameter("backup_name", .str, text: "Name of the schedule.")
    static let isScheduleEnabled = Parameter("enabled", .bool, text: "Whether the schedule takes effect.")
    static let expire = Parameter(
        "expire", .str, .int,
        text: "Life time such as '1w 3d' (weeks, days, hours, minutes); without it the backup never expires.",
        example: "1w 3d")

    static let groupName = Parameter("groupname", .str, text: "Name of the group.")
    static let userName = Parameter("username", .str, text: "Name of the user.")
    static let userID = Parameter("userid", .int, text: "Id of the user.")
    static let mainGroup = Parameter("group", .str, .int, text: "Primary group, by id or name.")
    static let isLoginEnabled = Parameter("login_enabled", .bool, text: "Whether the user may log in.")
    static let additionalGroups = Parameter(
        "additional_groups", .list, text: "Names of further groups.", shape: .list(.idOrName),
        example: ["root", "exausers"])
    static let authorizedKeys = Parameter(
        "authorized_keys", .list, text: "SSH public keys of the user.",
        shape: .list(.listed(like: "ssh-ed25519 AAAA jane")))
    static let encodePassword = Parameter(
        "encode_passwd", .bool, text: "Whether the password is plain text and has to be hashed here.", default: true)

    static let nodeIDs = Parameter(
        "nid", .int, .list, text: "One node id or a list of them.", shape: .someNodes, example: 12)

    static let remoteVolumeName = Parameter("remote_volume_name", .str, text: "Name of the remote volume.")
    static let remoteVolumeID = Parameter("remote_volume_id", .str, .int, text: "Id of the remote volume.")
    static let objectVolumeName = Parameter("name", .str, text: "Name of the volume.")
    static let objectVolumeID = Parameter("vol_id", .int, text: "Id of the volume.")
}

extension Shape {
    static let nodes = Shape.list(.int)
    static let someNodes = Shape.list(.int, count: 1...Int.max)
    /// Ids and names of users and groups can be told apart.
    static let idOrName = Shape.either([.int, .str])
    static let owner = Shape.list(.idOrName, count: 2...2)
    /// Answers have ids.
    static let ownerIDs = Shape.list(.int, count: 2...2)
    static let names = Shape.list(.str)
}

/// Parameters of jobs on storage.
extension Parameter {
    static let volumeID = Parameter("vid", .int, text: "Id of the volume.")
    static let volumeName = Parameter("vname", .str, text: "Name of the volume.")
    static let deviceName = Parameter(
        "devname", .str, text: "Path of the device.", example: "/exa/data/storage/dev.1")
    static let diskName = Parameter("disk", .str, text: "Name of the disk.")
    static let physicalNode = Parameter("node", .int, text: "Physical node id.")
    static let storageNode = Parameter("nid", .int, text: "Node id.")
    static let volumeNodes = Parameter("node_ids", .list, text: "Node ids.", shape: .nodes)
    static let label = Parameter("label", .str, text: "Any string.")
    static let blocksPerNode = Parameter(
        "blocks_per_node", .int, text: "Blocks per segment; rounded up to whole stripes.", range: 1...(1 << 50))
    static let delta = Parameter("delta", .int, text: "By how much.", range: 1...1000)

    /// The ports of an archive volume, in the order of their names.
    static let volumePorts: [Parameter] = ["ftp", "ftps", "http", "https", "sftp"].map { name in
        Parameter("\(name)_port", .int, text: "\(name.uppercased()) port of an archive volume; 0 for none.")
    }
}
