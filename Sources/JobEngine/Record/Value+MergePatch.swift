package import EXAConf
import Values

extension Value {
    /// Changes of the configuration as a merge patch (RFC 7396) of its JSON form: sections as objects by their header,
    /// keys as texts, what goes as null.
    ///
    /// - Parameter changes: In the order a comparison finds them, so that a section goes after what was in it.
    package init(mergePatch changes: ChangeSet) {
        var patch = Value.map([:])
        for change in changes.changes {
            let path = change.path.names.map(\.description)
            if let key = change.key {
                patch.put(change.new.map(Value.string) ?? .null, at: path + [key])
            } else {
                patch.put(change.new == nil ? .null : .map([:]), at: path)
            }
        }
        self = patch
    }

    private mutating func put(_ value: Value, at path: some Collection<String>) {
        guard let first = path.first else {
            self = value
            return
        }
        var members = map ?? [:]
        var member = members[first] ?? .map([:])
        member.put(value, at: Array(path.dropFirst()))
        members[first] = member
        self = .map(members)
    }
}
