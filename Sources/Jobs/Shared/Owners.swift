import Access
import EXAConf
import JobEngine
import Values

extension Arguments {
    /// User and group of the parameter `owner`, each given by id or name; `nil` when it was left out.
    func owner(in document: Document) throws(JobError) -> EXAConf.Owner? {
        guard let parts = list("owner") else { return nil }
        guard parts.count == 2 else {
            throw .invalid("owner", "'owner': give a user and a group, such as [500, 500].")
        }
        let user = try Self.id(parts[0], of: "user") { document.user(named: $0)?.id }
        let group = try Self.id(parts[1], of: "group") { document.group(named: $0)?.id }
        return EXAConf.Owner(user: user, group: group)
    }

    /// Name of the group that a parameter gives by id or name; `nil` when it was left out.
    func groupName(_ parameter: String, in document: Document) throws(JobError) -> String? {
        guard let value = self[parameter] else { return nil }
        return try document.groupName(value, at: parameter)
    }

    private static func id(_ value: Value, of kind: String, find: (String) -> Int?) throws(JobError) -> Int {
        switch value {
        case .int(let id): return id
        case .string(let text):
            guard let id = find(text) ?? Int(text) else { throw .missing("\(kind) \(text.echoed) of the owner") }
            return id
        default: throw .invalid("owner", "'owner': expected int or str, got \(value.typeName).")
        }
    }
}

extension Document {
    func groupName(_ value: Value, at parameter: String) throws(JobError) -> String {
        switch value {
        case .string(let text):
            if let group = group(named: text) ?? Int(text).flatMap({ group(id: $0) }) { return group.name }
            throw .missing("group \(text.echoed)")
        case .int(let id):
            guard let group = group(id: id) else { throw .missing("group \(id)") }
            return group.name
        default: throw .invalid(parameter, "'\(parameter)': expected int or str, got \(value.typeName).")
        }
    }
}

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
