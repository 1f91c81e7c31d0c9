/// Which findings somebody was told of, so that each is told once and its end only to who knew of it.
struct ToldFindings: Codable, Sendable, Hashable {
    /// Findings that are remembered; beyond that they are told each time.
    static let limit = 2000

    private struct Told: Codable, Sendable, Hashable {
        let since: Int
        let severity: Notice.Severity
    }

    private var told: [String: Told] = [:]

    /// Whether a notice about a finding is news, and remembers it.
    mutating func admits(_ notice: Notice) -> Bool {
        switch notice.kind {
        case .cleared: return told.removeValue(forKey: notice.id) != nil
        case .raised:
            let known = told[notice.id]
            guard known.map({ $0.since != notice.since || $0.severity < notice.severity }) ?? true else { return false }
            if told.count < Self.limit || known != nil {
                told[notice.id] = Told(since: notice.since ?? notice.at, severity: notice.severity)
            }
            return true
        case .failed, .repeated, .test: return true
        }
    }
}
