import NIOHTTP1
import Values

extension Session {
    static let findingFilters = ["severity", "object", "muted"]
    private static let findingWords = ["list", "mute", "acknowledge", "unmute"]

    /// Lists what is wrong, or says of a finding that it is known.
    func findings() async throws(Failure) {
        let isList = line.words.first.map { !Self.findingWords.dropFirst().contains($0) } ?? true
        let order = try Order(line, names: isList ? Self.findingFilters : ["until"])
        switch order.words.first {
        case nil, "list":
            let filters = order.query(Dictionary(uniqueKeysWithValues: Self.findingFilters.map { ($0, $0) }))
            let path = "/health/findings" + (filters.isEmpty ? "" : "?" + filters.dropFirst())
            let items = try await daemon.value(.GET, path)["items"]?.list ?? []
            let columns = ["finding_id", "severity", "since", "known", "cause"]
            try show(items, in: columns, row: Self.row(ofFinding:))
        case "mute", "acknowledge":
            try await silence(order, try order.name("the id of a finding, which 'findings' tells"))
        case "unmute":
            let id = try order.name("the id of a finding, which 'findings muted: true' tells")
            _ = try await daemon.value(.DELETE, "/health/findings/\(id.queryValue)/silence")
            try show(.string("OK"))
        default: throw order.unknown(Self.findingWords)
        }
    }

    private func silence(_ order: Order, _ id: String) async throws(Failure) {
        let word = order.words[0]
        guard let reason = line.reason, let until = try order.moment("until", .ahead, on: display) else {
            throw .usage("Say why and until when: findings \(word) \(id) until: 2d --reason 'new disks come on Monday'")
        }
        let body: Value = ["reason": .string(reason), "until": .string(until)]
        let told = try await daemon.value(.POST, "/health/findings/\(id.queryValue)/\(word)", body: body)
        if line.form == nil { return try show(.string("OK")) }
        try show(told)
    }

    /// What a line tells of a finding besides its members.
    static func row(ofFinding finding: Value) -> [String: Value] {
        guard let silence = finding["silence"], let user = silence["user"]?.string else { return [:] }
        return ["known": .string("\(silence["kind"]?.string ?? "") by \(user): \(silence["reason"]?.string ?? "")")]
    }
}
