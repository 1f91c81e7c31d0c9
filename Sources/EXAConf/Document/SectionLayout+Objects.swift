// Volumes, databases and BucketFS: key order and comment lines as genuine files have them.
extension SectionLayout {
    private static let ports: [Key] = [
        Key("HttpPort"), Key("HttpsPort"), Key("FtpPort"), Key("FtpsPort"), Key("SftpPort"),
    ]

    static let volume = SectionLayout(
        heading: ["# An EXAStorage volume"],
        keys: [
            Key("ID", "# OPTIONAL: id of this volume, where it does not follow from the order of the volumes"),
            Key("Type", "# Type of volume: 'data' | 'archive'"),
            Key("Size", "# Volume size (e. g. '1 TiB')"),
            Key(
                "Disk", "# Name of the disk to be used for this volume.",
                "# This disk must exist on all volume nodes."),
            Key(
                "Nodes",
                "# Comma-separated list of node IDs for this volume "
                    + "(put dedicated redundancy nodes at the end, if any)"),
            Key(
                "NumMasterNodes",
                "# OPTIONAL: Nr. of master nodes for this volume. "
                    + "Remaining nodes will be used for redundancy only."),
            Key("Redundancy", "# Desired redundancy for this volume"),
            Key("BlockSize"), Key("StripeSize"), Key("PartitionSize"),
            Key("Owner", "# User and group IDs that own this volume (e. g. '1000:1005')"),
            Key("Permissions"), Key("Labels"),
        ] + ports + [
            Key(
                "Shared",
                "# OPTIONAL: shared volumes can be opened (for writing) by multiple clients simultaneously"),
            Key("Priority", "# OPTIONAL: I/O priority (0 = highest, 20 = lowest)"),
        ])

    static let remoteVolume = SectionLayout(
        heading: ["# An EXAStorage remote volume"],
        keys: [
            Key("Type"), Key("ID"), Key("URL"), Key("Owner"), Key("Username"), Key("Passwd"), Key("HostKey"),
            Key("Labels"), Key("Options"),
        ] + ports)

    static let objectVolume = SectionLayout(
        heading: ["# An EXAStorage object volume"],
        keys: [
            Key("Type"), Key("Region"), Key("Bucket"), Key("Prefix"), Key("EndPoint"), Key("Credentials"),
            Key("Options"), Key("Labels"), Key("Owner"), Key("Permissions"), Key("Shared"), Key("Priority"),
        ])

    static let database = SectionLayout(
        heading: ["# An EXASOL database"],
        keys: [
            Key("ID", "# Unique id of this database."),
            Key("Version", "# Version nr. of this database."),
            Key("MemSize", "# Memory size over all nodes (e. g. '1 TiB')."),
            Key("Port"),
            Key("Owner", "# User and group IDs that own this database (e. g. '1000:1005')."),
            Key(
                "Nodes",
                "# Comma-separated list of node IDs for this DB (put reserve nodes at the end, if any)."),
            Key(
                "NumActiveNodes",
                "# Nr. of initially active nodes for this DB. The remaining nodes will be reserve nodes."),
            Key("DataVolume", "# Name of the data volume to be used by this database."),
            Key("CloudDataVolume"), Key("SnapshotVolume"), Key("CloudDataVolumeSync"), Key("SnapshotVolumeSync"),
            Key("CacheVolumeDisk"), Key("Params"), Key("LdapServers"), Key("Interfaces"), Key("VolumeQuota"),
            Key(
                "VolumeMoveDelay",
                "# Time in seconds after which a volume should be moved to an online database node.",
                "# Setting it to 0 turns off this feature."),
            Key("EnableAuditing"), Key("BuiltinScriptLanguageName"), Key("AutoStart"), Key("MasterDatabase"),
            Key("InitialSQL"), Key("DefaultSysPasswdHash"), Key("AdditionalSysPasswdHashes"),
        ])

    static let jdbc = SectionLayout(
        heading: ["# JDBC driver configuration"],
        keys: [
            Key("BucketFS", "# BucketFS that contains the JDBC driver"),
            Key("Bucket", "# Bucket that contains the JDBC driver"),
            Key("Dir", "# Directory within the bucket that contains the drivers"),
            Key(
                "AdditionalURLs",
                "# Additional URLs used to search for JDBC drivers, like: "
                    + "bucketfs://bfs2/bucket3/jdbcdir or file:///exa/etc/jdbc_drivers."),
        ])

    static let oracle = SectionLayout(
        heading: ["# Oracle driver configuration"],
        keys: [
            Key("BucketFS", "# BucketFS that contains the JDBC drivers"),
            Key("Bucket", "# Bucket that contains the JDBC drivers"),
            Key("Dir", "# Directory within the bucket that contains the drivers"),
        ])

    static let schedule = SectionLayout(
        heading: [],
        keys: [
            Key("Enabled"), Key("Volume"), Key("Level"), Key("Minute"), Key("Hour"), Key("Day"), Key("Month"),
            Key("Weekday"), Key("Expire"),
        ])

    static let bucketFS = SectionLayout(
        heading: ["# A Bucket filesystem"],
        keys: [
            Key("Owner"), Key("HttpPort", "# HTTP port number (0 = disabled)"),
            Key("HttpsPort", "# HTTPS port number (0 = disabled)"), Key("SyncKey"), Key("SyncPeriod"),
            Key("mode"), Key("bucketvolume"), Key("Path"),
        ])

    static let bucket = SectionLayout(
        heading: [],
        keys: [
            Key("ReadPasswd"), Key("WritePasswd"), Key("Public"), Key("Name"), Key("AdditionalFiles"),
        ])
}
