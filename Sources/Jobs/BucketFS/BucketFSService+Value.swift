import EXAConf
import JobEngine

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
            .has("_sec_name", .str, "Its header in EXAConf."), .has("name", .str), .may("owner", .ownerIDs),
            .has("http_port", .int, "0 for none."), .has("https_port", .int, "0 for none."), .has("mode", .str),
            .has("bucketvolume", .str), .may("sync_key", .str), .has("sync_period", .str, "Milliseconds."),
            .may("path", .str), .has("buckets", .dict(bucket), "By name."),
        ])

    private static let bucket = Shape.object(
        "BucketOfService", "A bucket as part of its service.",
        [
            .has("_sec_name", .str, "Its header in EXAConf."), .has("name", .str), .has("public", .bool),
            .may("read_passwd", .str, "As base64."), .may("write_passwd", .str, "As base64."),
            .has("additional_files", .names),
        ])
}
