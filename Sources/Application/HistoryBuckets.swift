package import Access
package import JobEngine
package import Values

/// What happened in a span, counted by its parts, with what stands out as marks.
package struct HistoryBuckets: Sendable {
    /// Something that is told one by one.
    package struct Mark: Sendable, Hashable {
        package let at: Timestamp
        /// `revision`, `restart`, or what the audit log calls it.
        package let kind: String
        /// What it was, in a few words.
        package let text: String
    }

    /// The kinds of marks.
    package static let markKinds = ["revision", "restart"] + auditMarks.map(\.rawValue)
    /// Of the marks of a kind, the newest so many are told.
    package static let mostMarks = 200
    /// Records of the audit log that are looked at, the newest first.
    static let mostRecords = 20_000
    /// Revisions that are looked at, the newest first.
    static let mostRevisions = 5000
    static let auditMarks: [AuditEvent.Kind] = [.queueRule, .master, .databaseCrashed]
    /// What is counted of the audit log.
    static let audited: [AuditEvent.Kind] = [.login, .refusal, .denied, .declined, .lockout] + auditMarks

    package let span: TallySpan
    /// Jobs, by part.
    package let jobs: JobTally
    /// How many entries of each kind there are in each part, jobs left out.
    package fileprivate(set) var kinds: [[String: Int]]
    /// In the order of time.
    package fileprivate(set) var marks: [Mark] = []
    /// From when on everything is counted; `nil` when all of the span is.
    package fileprivate(set) var countedFrom: Timestamp?

    init(_ span: TallySpan, jobs: JobTally) {
        (self.span, self.jobs) = (span, jobs)
        kinds = [[String: Int]](repeating: [:], count: span.count)
        countedFrom = jobs.countedFrom
    }

    /// Counts an entry; one that is not in the span is none.
    mutating func add(_ kind: String, at moment: Timestamp, marking text: String? = nil) {
        guard let index = span.index(of: moment) else { return }
        kinds[index][kind, default: 0] += 1
        if let text { marks.append(Mark(at: moment, kind: kind, text: text)) }
    }

    /// What is before a moment was not looked at.
    mutating func cut(at moment: Timestamp) {
        if moment > span.from { countedFrom = max(countedFrom ?? moment, moment) }
    }

    /// Brings marks into order, and leaves out the oldest where there are too many of a kind.
    mutating func sortMarks() {
        var told: [String: Int] = [:]
        let newest = marks.sorted { ($0.at, $0.kind, $0.text) > ($1.at, $1.kind, $1.text) }.filter { mark in
            told[mark.kind, default: 0] += 1
            return told[mark.kind, default: 0] <= Self.mostMarks
        }
        marks = newest.reversed()
    }
}

extension HistoryService {
    /// What happened in a span, counted: administrators are told of everything this node knows, others of their own jobs.
    ///
    /// Jobs count when they were asked for. Of audit logs that of this node is counted alone.
    ///
    /// - Parameter beginnings: When the daemon of this node was started.
    /// - Throws: ``JobError`` or ``AccessError`` when the store cannot be read now.
    package func buckets(
        _ span: TallySpan, for principal: Principal, beginnings: [Timestamp] = []
    ) async throws -> HistoryBuckets {
        var query = JobTallyQuery(span)
        query.requester = principal.visibleOwner
        var buckets = HistoryBuckets(span, jobs: try await scheduler.tally(query))
        if principal.visibleOwner != nil { return buckets }
        for moment in beginnings { buckets.add("restart", at: moment, marking: "The daemon was started.") }
        try await addRevisions(to: &buckets)
        try await addRecords(to: &buckets)
        buckets.sortMarks()
        return buckets
    }

    private func addRevisions(to buckets: inout HistoryBuckets) async throws {
        var (below, seen): (Int?, Int) = (nil, 0)
        while true {
            let page = try await scheduler.revisions(below: below, limit: 1000)
            for revision in page where revision.at < buckets.span.to {
                buckets.add("revision", at: revision.at, marking: "Revision \(revision.number) by \(revision.user).")
            }
            seen += page.count
            guard page.count == 1000, let last = page.last, last.at >= buckets.span.from else { return }
            if seen >= HistoryBuckets.mostRevisions { return buckets.cut(at: last.at) }
            below = last.number
        }
    }

    private func addRecords(to buckets: inout HistoryBuckets) async throws {
        var query = AuditQuery()
        query.limit = 1000
        query.since = Int64(buckets.span.from.milliseconds)
        query.until = Int64(buckets.span.to.milliseconds)
        query.kinds = HistoryBuckets.audited
        var seen = 0
        while true {
            let page = try await audit.entries(query)
            for entry in page.entries {
                let event = entry.event
                let isMark = HistoryBuckets.auditMarks.contains(event.kind)
                buckets.add(
                    event.kind.rawValue, at: Timestamp(milliseconds: Int(event.time)),
                    marking: isMark ? event.detail ?? event.kind.rawValue : nil)
            }
            seen += page.entries.count
            guard page.hasMore, let last = page.entries.last else { return }
            if seen >= HistoryBuckets.mostRecords {
                return buckets.cut(at: Timestamp(milliseconds: Int(last.event.time)))
            }
            query.below = last.sequence
        }
    }
}
