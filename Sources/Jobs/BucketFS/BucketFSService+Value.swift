import EXAConf
import JobEngine
import Values

extension BucketFSService {
    /// The service as `bucketfs_info` shows it; passwords and key as they are stored, `sync_period` as text.
    var value: Value {
        .members([
            "_sec_name": .string(headerText), "name": .string(name), "owner": owner?.value,
            "http_port": .int(httpPort), "https_port": .int(httpsPort), "mode": .string(mode),
            "bucketvolume": .string(bucketVolume), "sync_key": syncKey.map(Value.string),
            "sync_period": .string(syncPeriod), "path": path.map(Value.string),
            "buckets": .map(Dictionary(buckets.map { ($0.name, $0.value) }) { first, _ in first }),
        ])
    }
}

extension Bucket {
    /// The bucket as part of its service's answer.
    var value: Value {
        .members([
            "_sec_name": .string(headerText), "name": .string(name), "public": .bool(isPublic ?? false),
            "read_passwd": readPassword.map(Value.string), "write_passwd": writePassword.map(Value.string),
            "additional_files": .strings(additionalFiles),
        ])
    }
}

extension Shape {
    /// A service as `bucketfs_info` shows it.
    static let bucketFS = Shape.object(
        "BucketfsInfoResult", "A BucketFS service.",
        [
            .has("_sec_name", .str, "Its header in EXAConf.", like: "BucketFS : bfsdefault"),
            .has("name", .str, like: "bfsdefault"), .may("owner", .ownerIDs, "User id and group id of the owner."),
            .has("http_port", .int, "0 for no plain HTTP.", like: 0),
            .has("https_port", .int, "0 for none.", like: 2581),
            .has("mode", .word(["rsync", "BucketFS", "SDFS"]), "How it is kept the same on all nodes."),
            .has("bucketvolume", .str, "The volume it stores in.", like: "None"),
            .may("sync_key", .str, "A secret of its nodes."),
            .has("sync_period", .str, "Milliseconds between two rounds.", like: "30000"),
            .may("path", .str, "The folder it stores in."), .has("buckets", .dict(bucket), "By name."),
        ])

    private static let bucket = Shape.object(
        "BucketOfService", "A bucket as part of its service.",
        [
            .has("_sec_name", .str, "Its header in EXAConf.", like: "Bucket : default"),
            .has("name", .str, like: "default"), .has("public", .bool, "Whether everybody may read it."),
            .may("read_passwd", .str, "As base64; resources tell ***."),
            .may("write_passwd", .str, "As base64; resources tell ***."),
            .has("additional_files", .names, "Extra entries, label:pattern.", like: []),
        ])
}
