import EXAConf
import JobEngine

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
            .has("name", .str), .has("type", .str), .may("region", .str), .may("bucket", .str), .may("prefix", .str),
            .may("end_point", .str), .may("credentials", .str), .may("options", .str), .may("labels", .names),
            .may("owner", .ownerIDs), .has("permissions", .str), .has("shared", .bool), .has("priority", .int),
            .may("vid", .str),
        ])
}
