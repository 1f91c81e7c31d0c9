import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `bucketfs_add`: a new service without buckets.
    package static let bucketfsAdd = JobDefinition(
        name: "bucketfs_add", noun: "bucketfs", summary: "Create a BucketFS service.", mode: .modify,
        permission: .bucketFS, result: "Nothing.",
        work: .edit(encoded: ["sync_key"]) { (context, document) throws(JobError) in
            let name = try context.arguments.required("bucketfs_name")
            guard document.bucketFSService(named: name) == nil else { throw .exists("bucketfs \(name)") }
            let settings = try BucketFSSettings(context.arguments, in: document)
            try settings.requirePorts(of: name, context, in: document)
            var random = context.random
            try document.edit(about: "bucketfs_name", keys: BucketFSSettings.parameters) {
                (draft) throws(EXAConfError) in
                try draft.addBucketFS(name, settings, using: &random)
            }
            return nil
        }
    ).with {
        $0.mandatory = [.bucketFSName, .httpPort, .httpsPort, .owner]
        $0.optional = [
            Parameter("bucketvolume", .str, text: "SDFS volume to store in."),
            Parameter(
                "mode", .str, text: "Service mode; rsync when left out.", allowed: ["BucketFS", "rsync", "SDFS"]),
            Parameter("path", .str, text: "Directory the service stores in."),
            Parameter(
                "sync_key", .str, text: "Key for the synchronisation: plain text, or its base64; random when left out.",
                secret: true),
            .syncPeriod,
        ]
        $0.example = ["bucketfs_name": "bucketfs1", "http_port": 0, "https_port": 2582, "owner": [500, 500]]
    }

    /// `bucketfs_modify`: other ports, owner or interval for a service; what is left out stays.
    package static let bucketfsModify = JobDefinition(
        name: "bucketfs_modify", noun: "bucketfs", summary: "Change ports, owner or interval of a BucketFS service.",
        mode: .modify, permission: .bucketFSOwner, result: "Nothing.",
        work: .edit { (context, document) throws(JobError) in
            let service = try document.given(bucketFS: context.arguments.required("bucketfs_name"))
            let settings = try BucketFSSettings(context.arguments, in: document)
            try settings.requirePorts(of: service.name, context, in: document)
            try document.edit(keys: BucketFSSettings.parameters) { (draft) throws(EXAConfError) in
                try draft.modifyBucketFS(service.name, settings)
            }
            return nil
        }
    ).with {
        $0.mandatory = [.bucketFSName]
        $0.optional = [.httpPort, .httpsPort, .owner, .syncPeriod]
        $0.owner = bucketFSOwner
        $0.example = ["bucketfs_name": "bucketfs1", "http_port": 0, "https_port": 2582, "owner": [500, 500]]
    }

    /// `bucketfs_delete`: takes a service out with all its buckets.
    package static let bucketfsDelete = JobDefinition(
        name: "bucketfs_delete", noun: "bucketfs", summary: "Remove a BucketFS service.", mode: .modify,
        permission: .bucketFSOwner, result: "Nothing.",
        work: .edit { (context, document) throws(JobError) in
            let service = try document.given(bucketFS: context.arguments.required("bucketfs_name"))
            try document.edit { (draft) throws(EXAConfError) in try draft.removeBucketFS(service.name) }
            return nil
        }
    ).with {
        $0.mandatory = [.bucketFSName]
        $0.owner = bucketFSOwner
        $0.example = ["bucketfs_name": "bucketfs1"]
    }
}
