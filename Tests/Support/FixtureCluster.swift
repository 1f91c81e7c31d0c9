package import Access
package import EXAConf
package import JobEngine
import Synchronization
package import Values

/// A cluster of three nodes with one object of every kind; the same in every run.
///
/// Node 11 is the master and holds the data volume, node 12 is the reserve of `DB1`, nobody uses node 13. `probe`
/// (2001) owns the service `bfs2` and the remote volume `office`.
package enum FixtureCluster {
    /// The configuration, committed.
    package static let document = (try? made())?.committed().document ?? Document()

    /// A member of `exaadm`.
    package static let administrator = Principal(name: "admin", roles: ["exaadm"], userID: 1000, groupIDs: [499])

    /// Node 11 decides, nodes 11 and 12 can be reached.
    package static let status: ClusterStatus = {
        let booted = Timestamp(milliseconds: 1_594_131_247_000)
        return ClusterStatus(
            ownNode: 11, master: .init(node: 11, name: "n11", address: "10.10.10.11"), booted: [11: booted, 12: booted])
    }()

    /// A moment in 2027.
    package static let now = Timestamp(milliseconds: 1_800_000_000_000)

    private static func made() throws(EXAConfError) -> Document {
        var random = RandomSource.counting()
        var settings = FreshCluster()
        settings.administratorPasswordHash = "$6$fixture$0123456789"
        settings.archiveVolumeSize = "8 GiB"
        var document = try Document.fresh(settings, using: &random)
        for id in [12, 13] {
            try document.addNode(id: id, NodeSettings(privateNet: "10.10.10.x/24"), using: &random)
        }
        try document.modifyDatabase(
            "DB1", DatabaseSettings(version: "2025.1.3", nodes: [11, 12], activeNodeCount: 1, dataVolume: nil))
        try document.addGroup("watchers", id: 2000)
        try document.addUser("probe", UserSettings(id: 2001, group: "watchers", isLoginEnabled: true))
        let probe = EXAConf.Owner(user: 2001, group: 2000)
        try document.addBucketFS("bfs2", BucketFSSettings(owner: probe, httpsPort: 2590), using: &random)
        try document.addBucket("models", service: "bfs2", BucketSettings(isPublic: false), using: &random)
        try document.addRemoteVolume(
            "office", id: 10_005,
            RemoteVolumeSettings(
                type: "smb", url: "smb://10.10.10.250/share", owner: probe, username: "backup", password: "not-real!",
                options: "nocompression"))
        try document.addObjectVolume(
            "cloud", ObjectVolumeSettings(type: "s3", region: "eu-central-1", bucket: "data", credentials: "IAM"))
        try document.addSchedule(
            "weekly", database: "DB1",
            ScheduleSettings(volume: "ArchiveVolume1", level: 0, fields: [.hour: "1", .weekday: "0"], expire: "1w 3d"))
        return document
    }
}

extension RandomSource {
    /// Numbers that look random and are the same in every run; no two draws give the same one.
    package static func counting() -> RandomSource {
        let numbers = Mutex(SequenceGenerator(seed: 0))
        return RandomSource { numbers.withLock { $0.next() } }
    }
}
