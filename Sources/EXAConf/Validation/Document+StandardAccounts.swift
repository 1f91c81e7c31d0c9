/// Groups and users every cluster has.
extension Document {
    /// The groups of current files with their ids, which follow that of `exausers`.
    static func standardGroups(exausers: Int = 500) -> [(String, Int)] {
        let top = max(500, exausers)
        return [
            ("root", 0), ("exausers", exausers), ("exaadm", top - 1), ("exadbadm", top - 2), ("exastoradm", top - 3),
            ("exabfsadm", top - 4), ("exasaasadm", top - 5),
        ]
    }

    mutating func addStandardGroups(ids: [(String, Int)]) throws(EXAConfError) {
        if !contains(.groups) { try addSection(.groups) }
        for (name, id) in ids where !contains(.group(name)) {
            try addSection(.group(name))
            try set("ID", to: String(id), in: .group(name))
        }
    }

    /// `root` and `exadefusr`, in all groups there are; `exasaasusr` where its group is.
    mutating func addStandardUsers() throws(EXAConfError) {
        if !contains(.users) { try addSection(.users) }
        let all = groups.map(\.name).filter { $0 != "root" }
        try addStandardUser("root", 0, group: "root", login: true, further: all)
        let further = all.filter { $0 != "exausers" }
        try addStandardUser("exadefusr", 500, group: "exausers", login: false, further: further)
        guard contains(.group("exasaasadm")) else { return }
        try addStandardUser("exasaasusr", 499, group: "exausers", login: false, further: ["exasaasadm"])
    }

    private mutating func addStandardUser(
        _ name: String, _ id: Int, group: String, login: Bool, further: [String]
    ) throws(EXAConfError) {
        guard !contains(.user(name)) else { return }
        try addSection(.user(name))
        try set("ID", to: String(id), in: .user(name))
        try set("Group", to: group, in: .user(name))
        try set("LoginEnabled", to: BoolText.text(login), in: .user(name))
        try set("AdditionalGroups", toList: further, in: .user(name))
    }

    /// Owners nobody knows get a user `exadefusr<n>` and a group `exausers<n>`.
    mutating func addUsersForUnknownOwners() throws(EXAConfError) {
        let kinds = ["EXAVolume", "RemoteVolume", "DB", "BucketFS"]
        let owners =
            kinds.flatMap { sections(kind: $0).compactMap { $0["Owner"] } }
            + [value("ServiceOwner", in: ["BucketFS"])].compactMap(\.self)
        var number = 1
        for owner in owners.compactMap({ Owner($0) }) {
            if group(id: owner.group) == nil {
                try addStandardGroups(ids: [("exausers\(owner.group)", owner.group)])
            }
            guard user(id: owner.user) == nil, let group = group(id: owner.group) else { continue }
            while contains(.user("exadefusr\(number)")) { number += 1 }
            try addStandardUser("exadefusr\(number)", owner.user, group: group.name, login: false, further: [])
        }
    }

    mutating func rename(_ key: String, to new: String, in path: SectionPath) throws(EXAConfError) {
        try change(path) { section in
            guard section.index(ofKey: new) == nil, let index = section.index(ofKey: key) else { return }
            let old = section.entries[index]
            section.entries[index] = Entry(
                new, old.value, comments: old.comments, inlineComment: old.inlineComment)
        }
    }
}
