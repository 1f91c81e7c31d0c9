import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `bucket_add`: a new bucket; answers the configuration files BucketFS reads anew.
    package static let bucketAdd = JobDefinition(
        name: "bucket_add", noun: "bucket", summary: "Create a bucket in a BucketFS service.", mode: .modify,
        permission: .bucketFSOwner, result: "List of the configuration files that were synchronised.",
        work: .edit(encoded: ["read_password", "write_password"]) { (context, document) throws(JobError) in
            let service = try document.given(bucketFS: context.arguments.required("bucketfs_name")).name
            let name = try context.arguments.required("bucket_name")
            guard document.bucket(named: name, service: service) == nil else {
                throw JobError(.objectExists, "Given bucket \(name) already exists in bucketfs \(service).")
            }
            let settings = try BucketSettings(context.arguments)
            var random = context.random
            try document.edit(about: "bucket_name", keys: BucketSettings.parameters) { (draft) throws(EXAConfError) in
                try draft.addBucket(name, service: service, settings, using: &random)
            }
            return ["/exa/etc/bucketfs.cfg", "/exa/etc/bucketfs_db.cfg"]
        }
    ).with {
        $0.answer = .names
        $0.help = "A password that is left out becomes a random one of 32 letters and digits; `bucketfs_info` shows it."
        $0.mandatory = [.bucketName, .bucketFSName, .isPublic]
        $0.optional = [.additionalFiles, .readPassword, .writePassword]
        $0.owner = bucketFSOwner
        $0.example = [
            "bucket_name": "test_bucket", "bucketfs_name": "bucketfs1", "public": false, "read_password": "cHc=",
            "write_password": "cHc=",
        ]
    }

    /// `bucket_modify`: other visibility, passwords or files for a bucket; what is left out stays.
    package static let bucketModify = JobDefinition(
        name: "bucket_modify", noun: "bucket", summary: "Change visibility, passwords or extra files of a bucket.",
        mode: .modify, permission: .bucketFSOwner, result: "Nothing.",
        work: .edit(encoded: ["read_password", "write_password"]) { (context, document) throws(JobError) in
            let name = try context.arguments.required("bucket_name")
            let service = try context.arguments.required("bucketfs_name")
            _ = try document.given(bucket: name, of: service)
            let settings = try BucketSettings(context.arguments)
            try document.edit(keys: BucketSettings.parameters) { (draft) throws(EXAConfError) in
                try draft.modifyBucket(name, service: service, settings)
            }
            return nil
        }
    ).with {
        $0.help = "`public` is mandatory even when only a password changes; a password that is left out stays."
        $0.mandatory = [.bucketName, .bucketFSName, .isPublic]
        $0.optional = [.additionalFiles, .readPassword, .writePassword]
        $0.owner = bucketFSOwner
        $0.example = [
            "bucket_name": "test_bucket", "bucketfs_name": "bucketfs1", "public": false, "write_password": "cHc=",
        ]
    }

    /// `bucket_delete`: takes a bucket out of its service.
    package static let bucketDelete = JobDefinition(
        name: "bucket_delete", noun: "bucket", summary: "Remove a bucket.", mode: .modify,
        permission: .bucketFSOwner, result: "Nothing.",
        work: .edit { (context, document) throws(JobError) in
            let name = try context.arguments.required("bucket_name")
            let service = try context.arguments.required("bucketfs_name")
            _ = try document.given(bucket: name, of: service)
            try document.edit { (draft) throws(EXAConfError) in try draft.removeBucket(name, service: service) }
            return nil
        }
    ).with {
        $0.mandatory = [.bucketName, .bucketFSName]
        $0.owner = bucketFSOwner
        $0.example = ["bucket_name": "test_bucket", "bucketfs_name": "bucketfs1"]
    }
}

extension BucketSettings {
    /// Keys of a bucket and the parameters they are set by.
    static let parameters = ["AdditionalFiles": "additional_files"]

    init(_ arguments: Arguments) throws(JobError) {
        let files = try arguments.elements("additional_files")
        for (index, file) in (files ?? []).enumerated() where !file.utf8.contains(UInt8(ascii: ":")) {
            throw .invalid("additional_files/\(index)", "additional_files[\(index)]: give label:pattern.")
        }
        self.init(
            isPublic: arguments.bool("public"), readPassword: try arguments.encodedPassword("read_password"),
            writePassword: try arguments.encodedPassword("write_password"), additionalFiles: files)
    }
}
