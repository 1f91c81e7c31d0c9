import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `bucketfs_list`: names of the services, in the order of the file.
    package static let bucketfsList = JobDefinition(
        name: "bucketfs_list", noun: "bucketfs", summary: "Names of the BucketFS services.", mode: .read,
        permission: .bucketFS, result: "List of names.",
        work: .answer { (context) throws(JobError) in .strings(context.document.bucketFSServices.map(\.name)) }
    ).with { $0.answer = .names }

    /// `bucketfs_info`: one service with its buckets, passwords as they are stored.
    package static let bucketfsInfo = JobDefinition(
        name: "bucketfs_info", noun: "bucketfs", summary: "Show one BucketFS service with its buckets.", mode: .read,
        permission: .bucketFS, result: "Dict of the service's settings; `buckets` is a dict by name.",
        work: .answer { (context) throws(JobError) in
            try context.document.given(bucketFS: context.arguments.required("bucketfs_name")).value
        }
    ).with {
        $0.answer = .bucketFS
        $0.mandatory = [.bucketFSName]
        $0.secretResults = ["read_passwd", "write_passwd", "sync_key"]
        $0.example = ["bucketfs_name": "bucketfs1"]
    }
}

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
        "BucketfsInfoResult", text: "A BucketFS service.",
        members: [
            .has("_sec_name", .str, text: "Its header in EXAConf.", like: "BucketFS : bfsdefault"),
            .has("name", .str, like: "bfsdefault"),
            .may("owner", .ownerIDs, text: "User id and group id of the owner."),
            .has("http_port", .int, text: "0 for no plain HTTP.", like: 0),
            .has("https_port", .int, text: "0 for none.", like: 2581),
            .has("mode", .word(["rsync", "BucketFS", "SDFS"]), text: "How it is kept the same on all nodes."),
            .has("bucketvolume", .str, text: "The volume it stores in.", like: "None"),
            .may("sync_key", .str, text: "A secret of its nodes."),
            .has("sync_period", .str, text: "Milliseconds between two rounds.", like: "30000"),
            .may("path", .str, text: "The folder it stores in."), .has("buckets", .dict(bucket), text: "By name."),
        ])

    private static let bucket = Shape.object(
        "BucketOfService", text: "A bucket as part of its service.",
        members: [
            .has("_sec_name", .str, text: "Its header in EXAConf.", like: "Bucket : default"),
            .has("name", .str, like: "default"), .has("public", .bool, text: "Whether everybody may read it."),
            .may("read_passwd", .str, text: "As base64; resources tell ***."),
            .may("write_passwd", .str, text: "As base64; resources tell ***."),
            .has("additional_files", .names, text: "Extra entries, label:pattern.", like: []),
        ])
}
