import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `object_volume_add`: a new volume in a cloud bucket.
    package static let objectVolumeAdd = JobDefinition(
        name: "object_volume_add", noun: "object_volume", summary: "Add a storage volume that lives in a cloud bucket.",
        mode: .modify, permission: .volumes, result: "Nothing.",
        work: .edit { (context, document) throws(JobError) in
            let name = try context.arguments.required("name")
            guard !document.hasVolume(named: name) else { throw .exists("volume \(name)") }
            let settings = try ObjectVolumeSettings(context.arguments, in: document)
            let keys = ["Type": "vol_type", "Priority": "priority", "Labels": "labels"]
            try document.edit(about: "name", keys: keys) { (draft) throws(EXAConfError) in
                try draft.addObjectVolume(name, settings)
            }
            return nil
        }
    ).with {
        $0.mandatory = [
            .objectVolumeName, Parameter("vol_type", .str, text: "Kind of store: s3, gs or azure.", example: "s3"),
        ]
        $0.optional = [
            Parameter("bucket", .str, text: "Existing cloud bucket."),
            Parameter("credentials", .str, text: "How the store is accessed.", allowed: ["root", "IAM", "MFA"]),
            Parameter("end_point", .str, text: "Gateway end point."),
            Parameter("labels", .list, text: "Labels.", shape: .list(.listed(like: "nightly"))),
            Parameter("options", .str, text: "Options."),
            .owner,
            Parameter("permissions", .str, text: "Permissions."),
            Parameter("prefix", .str, text: "Prefix below the bucket."),
            Parameter("priority", .str, text: "Priority: 0 is the highest, 20 the lowest.", default: "10"),
            Parameter("region", .str, text: "Region.", example: "eu-central-1"),
            Parameter("shared", .bool, text: "Whether several users may open it."),
        ]
        $0.example = [
            "bucket": "Bucket1", "credentials": "root", "name": "DataVolume2", "region": "eu-central-1",
            "vol_type": "s3",
        ]
    }

    /// `object_volume_remove`: takes an object volume out that no database uses.
    package static let objectVolumeRemove = JobDefinition(
        name: "object_volume_remove", noun: "object_volume",
        summary: "Remove an object volume that is not in use, and its storage service.", mode: .modify,
        permission: .volumes, result: "Nothing.",
        work: .edit { (context, document) throws(JobError) in
            let volume = try document.given(objectVolumeOf: context.arguments)
            try document.edit { (draft) throws(EXAConfError) in try draft.removeObjectVolume(volume.name) }
            return nil
        }
    ).with {
        $0.mandatory = [.objectVolumeName]
        $0.optional = [.objectVolumeID]
        $0.substitutes = ["name": ["vol_id"], "vol_id": ["name"]]
        $0.example = ["name": "DataVolume2"]
    }
}

extension ObjectVolumeSettings {
    fileprivate init(_ arguments: Arguments, in document: Document) throws(JobError) {
        var priority: Int?
        if let text = arguments.text("priority") {
            guard let number = Int(text) else { throw .invalid("priority", "'priority': give 0 to 20.") }
            priority = number
        }
        let permissions = arguments.string("permissions")
        if let permissions, permissions.isEmpty || !permissions.allSatisfy({ "rwx-".contains($0) }) {
            throw .invalid("permissions", "'permissions': give letters out of r, w and x.")
        }
        self.init(
            type: arguments.string("vol_type"), region: arguments.string("region") ?? "",
            bucket: arguments.string("bucket") ?? "", prefix: arguments.string("prefix"),
            endPoint: arguments.string("end_point"), credentials: arguments.string("credentials"),
            options: arguments.string("options"), labels: try arguments.elements("labels"),
            owner: try arguments.owner(in: document), permissions: permissions,
            isShared: arguments.bool("shared"), priority: priority)
    }
}

extension Document {
    /// Whether a volume of any kind has the name.
    func hasVolume(named name: String) -> Bool {
        volume(named: name) != nil || remoteVolume(named: name) != nil || objectVolume(named: name) != nil
    }
}
