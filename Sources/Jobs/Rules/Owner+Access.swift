import Access
import EXAConf
import JobEngine
import Values

extension EXAConf.Owner {
    /// The owner in the terms of rights.
    var holder: Access.Owner { Access.Owner(userID: user) }

    /// Two ids, as answers show them.
    var value: Value { [.int(user), .int(group)] }
}

extension JobDefinition {
    /// The owner of the BucketFS service the arguments name; a bucket belongs to the owner of its service.
    static let bucketFSOwner: @Sendable (Arguments, Document) -> Access.Owner? = { arguments, document in
        arguments.string("bucketfs_name").flatMap { document.bucketFSService(named: $0) }?.owner?.holder
    }

    /// The owner of the remote volume the arguments name.
    static let remoteVolumeOwner: @Sendable (Arguments, Document) -> Access.Owner? = { arguments, document in
        (try? document.given(remoteVolumeOf: arguments))?.owner?.holder
    }
}
