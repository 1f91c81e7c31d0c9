import EXAConf
import JobEngine
import Values

extension ObjectVolume {
    /// The volume as `object_volume_info` shows it; what is not set is left out.
    var value: Value {
        .members([
            "name": .string(name), "type": .string(type), "region": region.map(Value.string),
            "bucket": bucket.map(Value.string), "prefix": prefix.map(Value.string),
            "end_point": endPoint.map(Value.string), "credentials": credentials.map(Value.string),
            "options": options.isEmpty ? nil : .string(options), "labels": labels.isEmpty ? nil : .strings(labels),
            "owner": owner?.value, "permissions": .string(permissions), "shared": .bool(isShared),
            "priority": .int(priority), "vid": text("ID").map(Value.string),
        ])
    }
}

extension Shape {
    /// A volume as `object_volume_info` shows it.
    static let objectVolume = Shape.object(
        "ObjectVolumeInfoResult", "An object volume.",
        [
            .has("name", .str), .has("type", .str, "The kind of store.", like: "s3"), .may("region", .str),
            .may("bucket", .str), .may("prefix", .str, "What names in the bucket begin with."),
            .may("end_point", .str, "The address of the store."),
            .may("credentials", .str, "How the store knows the cluster."), .may("options", .str, "Flags."),
            .may("labels", .names, "Its labels."), .may("owner", .ownerIDs, "User id and group id of the owner."),
            .has("permissions", .str, "As rwx for owner, group and others.", like: "rwxr-xr-x"),
            .has("shared", .bool, "Whether several users may open it."),
            .has("priority", .int, "Its place among volumes."), .may("vid", .str, "The volume id."),
        ])
}
