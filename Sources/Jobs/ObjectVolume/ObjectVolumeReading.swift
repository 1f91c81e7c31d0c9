import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `object_volume_list`: names of the object volumes.
    package static let objectVolumeList = JobDefinition(
        name: "object_volume_list", noun: "object_volume", summary: "All object volumes.", mode: .read,
        permission: .volumesAndUsers, result: "List of names.",
        work: .answer { (context) throws(JobError) in .strings(context.document.objectVolumes.map(\.name)) }
    ).with { $0.answer = .names }

    /// `object_volume_info`: one object volume.
    package static let objectVolumeInfo = JobDefinition(
        name: "object_volume_info", noun: "object_volume", summary: "Details of one object volume.", mode: .read,
        permission: .volumes, result: "Dict of the volume's settings.",
        work: .answer { (context) throws(JobError) in
            try context.document.given(objectVolumeOf: context.arguments).value
        }
    ).with {
        $0.answer = .objectVolume
        $0.mandatory = [.objectVolumeName]
        $0.optional = [.objectVolumeID]
        $0.substitutes = ["name": ["vol_id"], "vol_id": ["name"]]
        $0.example = ["name": "DataVolume2"]
    }
}

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
        "ObjectVolumeInfoResult", text: "An object volume.",
        members: [
            .has("name", .str), .has("type", .str, text: "The kind of store.", like: "s3"), .may("region", .str),
            .may("bucket", .str), .may("prefix", .str, text: "What names in the bucket begin with."),
            .may("end_point", .str, text: "The address of the store."),
            .may("credentials", .str, text: "How the store knows the cluster."), .may("options", .str, text: "Flags."),
            .may("labels", .names, text: "Its labels."),
            .may("owner", .ownerIDs, text: "User id and group id of the owner."),
            .has("permissions", .str, text: "As rwx for owner, group and others.", like: "rwxr-xr-x"),
            .has("shared", .bool, text: "Whether several users may open it."),
            .has("priority", .int, text: "Its place among volumes."), .may("vid", .str, text: "The volume id."),
        ])
}
