import JobEngine
import Values

// The files of buckets. Of a file there is its digest only: its content goes from node to node.
extension RecordForm {
    static func members(of entry: BucketEntry) -> [String: Value?] {
        members(of: entry.name).merging([
            "size": .int(entry.size), "sha256": .string(entry.sha256), "at": entry.at.value, "node": .int(entry.node),
            "user": .string(entry.user),
        ]) { $1 }
    }

    static func members(of name: BucketFileName) -> [String: Value?] {
        members(of: name.bucket).merging(["path": .string(name.path)]) { $1 }
    }

    static func members(of bucket: BucketName) -> [String: Value?] {
        ["service": .string(bucket.service), "bucket": .string(bucket.name)]
    }

    static func bucketEntry(_ members: inout RecordMembers) throws(ReplicatedBatchError) -> BucketEntry {
        let entry = BucketEntry(
            try bucketFile(&members), size: try members.number("size"), sha256: try members.text("sha256"),
            at: try members.time("at"), node: try members.number("node"), user: try members.text("user"))
        guard let entry else { throw members.malformed("sha256") }
        return entry
    }

    static func bucketFile(_ members: inout RecordMembers) throws(ReplicatedBatchError) -> BucketFileName {
        let bucket = try bucket(&members)
        guard let name = BucketFileName(try members.text("path"), in: bucket) else { throw members.malformed("path") }
        return name
    }

    static func bucket(_ members: inout RecordMembers) throws(ReplicatedBatchError) -> BucketName {
        let service = try members.text("service")
        guard let bucket = BucketName(try members.text("bucket"), of: service) else {
            throw members.malformed("bucket")
        }
        return bucket
    }
}
