/// What the files of a machine say of its accounts, as passwd(5), group(5) and shadow(5) describe them.
struct AccountFiles: Sendable, Hashable {
    struct User: Sendable, Hashable {
        var id: Int
        var groupID: Int
        var shell: String
        /// Secret: what stands in the place of the password; empty where the shadow file has no line.
        var hash = ""
        /// The day the account ends, counted from 1970; empty for never.
        var expiry = ""
    }

    struct Group: Sendable, Hashable {
        var id: Int
        var members: Set<String> = []
    }

    var users: [String: User] = [:]
    var groups: [String: Group] = [:]

    /// Reads the texts of the files; lines that are not of their form say nothing, of two with one name the first counts.
    init(passwd: String, group: String, shadow: String) {
        for fields in Self.lines(passwd, of: 7) {
            guard users[fields[0]] == nil, let id = Int(fields[2]), let group = Int(fields[3]) else { continue }
            users[fields[0]] = User(id: id, groupID: group, shell: fields[6])
        }
        for fields in Self.lines(group, of: 4) {
            guard groups[fields[0]] == nil, let id = Int(fields[2]) else { continue }
            groups[fields[0]] = Group(id: id, members: Set(fields[3].split(separator: ",").map(String.init)))
        }
        for fields in Self.lines(shadow, of: 9) {
            users[fields[0]]?.hash = fields[1]
            users[fields[0]]?.expiry = fields[7]
        }
    }

    /// Ids by name.
    func ids(_ kind: AccountKind) -> [String: Int] {
        switch kind {
        case .user: users.mapValues(\.id)
        case .group: groups.mapValues(\.id)
        }
    }

    private static func lines(_ text: String, of count: Int) -> [[String]] {
        text.split(separator: "\n").map { line in
            line.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        }.filter { $0.count == count && !$0[0].isEmpty }
    }
}
