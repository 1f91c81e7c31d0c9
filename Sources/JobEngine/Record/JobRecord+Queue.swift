package import Access
package import Values

extension JobRecord {
    /// When the time the caller gave it is over, `nil` when the caller gave none.
    package var deadline: Timestamp? {
        guard let timeout, let submitted = times[.submitted] else { return nil }
        return submitted.advanced(by: timeout)
    }

    /// Whether a principal may know of the job: it is their own, or they administer the cluster or its databases.
    package func isVisible(to principal: Principal) -> Bool {
        requester.name == principal.name || principal.seesAllJobs
    }

    /// What a text search looks at: id, type, user, reason, and the names and texts of the parameters as they are kept.
    ///
    /// At most 4096 bytes; of a long parameter, such as a certificate, no more than its beginning.
    package var searchText: String {
        var words = [id.description, type, requester.name]
        if let intent { words.append(String(intent.prefix(1000))) }
        var room = Self.longestSearchText - words.reduce(0) { $0 + $1.utf8.count + 1 }
        for word in Value.map(parameters).words {
            let shown = word.prefix(256)
            room -= shown.utf8.count + 1
            if room < 0 { break }
            words.append(String(shown))
        }
        return words.joined(separator: " ")
    }

    private static let longestSearchText = 4096
}

extension Principal {
    /// Whether they may know of jobs of others.
    package var seesAllJobs: Bool { isRoot || roles.contains("exaadm") || roles.contains("exadbadm") }

    /// Whose jobs it may see; `nil` when it may see everybody's.
    package var visibleOwner: String? { seesAllJobs ? nil : name }
}

extension Value {
    /// Names of members and what stands under them, in the order of the names.
    fileprivate var words: [String] {
        switch self {
        case .map(let members): members.sorted { $0.key < $1.key }.flatMap { [$0.key] + $0.value.words }
        case .list(let elements): elements.flatMap(\.words)
        case .string(let text): [text]
        case .null: []
        default: [JSON.text(self)]
        }
    }
}
