/// Checks that several changes share.
extension Document {
    static let reservedUserIDs = [0, 55_555]
    static let reservedGroupIDs = [0, 55_554, 55_555]

    /// Whether user id and group id of an owner are known or reserved.
    ///
    /// - Throws: `missing` naming the id nobody has.
    package func check(owner: Owner) throws(EXAConfError) {
        guard Self.reservedUserIDs.contains(owner.user) || user(id: owner.user) != nil else {
            throw EXAConfError.missing("User id \(owner.user) of the owner")
        }
        guard Self.reservedGroupIDs.contains(owner.group) || group(id: owner.group) != nil else {
            throw EXAConfError.missing("Group id \(owner.group) of the owner")
        }
    }

    func check(owner: Owner?) throws(EXAConfError) {
        if let owner { try check(owner: owner) }
    }

    func check(nodes: [Int]?) throws(EXAConfError) {
        guard let nodes else { return }
        guard !nodes.isEmpty, Set(nodes).count == nodes.count else {
            throw EXAConfError.invalid("The list of nodes is empty or names one of them twice.")
        }
        for id in nodes where node(id: id) == nil { throw EXAConfError.missing("Node \(id)") }
    }

    static func check(size: String?, of key: String) throws(EXAConfError) {
        guard let size, Size(size) == nil else { return }
        throw EXAConfError.invalid(
            "\(key): '\(TextRule.shown(size))' is no size; give a number with a unit, such as '4 GiB'.")
    }

    static func check(port: Int?, of key: String) throws(EXAConfError) {
        guard let port, !(0...65_535).contains(port) else { return }
        throw EXAConfError.invalid("\(key): \(port) is no port number; use 0 to 65535.")
    }

    static func check(_ value: String?, oneOf allowed: [String], key: String) throws(EXAConfError) {
        guard let value, !allowed.contains(value) else { return }
        throw EXAConfError.invalid(
            "\(key): '\(TextRule.shown(value))' is not allowed; use one of \(allowed.joined(separator: ", ")).")
    }

    static func check(_ value: Int?, in range: ClosedRange<Int>, key: String) throws(EXAConfError) {
        guard let value, !range.contains(value) else { return }
        throw EXAConfError.invalid("\(key): \(value) is not allowed; use \(range.lowerBound) to \(range.upperBound).")
    }

    /// Volume names are unique over all three kinds.
    func check(newVolumeName name: String) throws(EXAConfError) {
        try TextRule.check(listed: name, "volume")
        if volume(named: name) != nil || remoteVolume(named: name) != nil || objectVolume(named: name) != nil {
            throw EXAConfError.exists("Volume '\(name)'")
        }
    }

    /// Header texts of objects a user or group owns.
    func owned(where matches: (Owner) -> Bool) -> [String] {
        ["EXAVolume", "RemoteVolume", "ObjectVolume", "DB", "BucketFS"].flatMap { kind in
            sections(kind: kind).filter { $0["Owner"].flatMap { Owner($0) }.map(matches) ?? false }.map(\.header)
        }
    }
}
