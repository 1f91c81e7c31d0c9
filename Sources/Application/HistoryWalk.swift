import Access
import JobEngine
package import Values

/// Walks jobs, revisions and the audit log together, from the newest on, a piece at a time.
///
/// Each source is read in blocks in the order of its own numbers; of what stands first in each, the latest comes next. A
/// walk is bound to the numbers there were when it began, so nothing that happens meanwhile moves what it shows.
package struct HistoryWalk {
    /// Which entries are wanted.
    package struct Filter: Sendable, Hashable {
        /// Only what happened at this moment or later.
        package var since: Timestamp?
        /// Only what happened before this moment.
        package var until: Timestamp?
        /// Only what is about one of these objects; empty for any.
        package var objects: Set<String> = []
        /// Only these of ``HistoryService/kinds``; empty for any.
        package var kinds: Set<String> = []
        /// Only what one of these users did; empty for any.
        package var users: Set<String> = []
        /// Only this user's own jobs: somebody who may know of nothing else.
        var owner: String?

        /// Everything.
        package init() {}
    }

    /// Entries looked at for one piece, wanted or not: how long a piece can take is bounded, not how many it holds.
    static let budget = 2000
    private static let block = 200

    private let scheduler: JobScheduler
    private let audit: AuditService
    private let filter: Filter
    /// Below which number each source goes on; `nil` from its newest on.
    package private(set) var below: [HistoryEntry.Source: Int]
    private var ahead: [HistoryEntry.Source: ArraySlice<HistoryEntry>] = [:]
    private var ended: Set<HistoryEntry.Source>

    init(scheduler: JobScheduler, audit: AuditService, filter: Filter, below: [HistoryEntry.Source: Int]) {
        self.scheduler = scheduler
        self.audit = audit
        self.filter = filter
        self.below = below
        ended = filter.owner == nil ? [] : [.revisions, .audit]
        if !filter.kinds.isEmpty {
            if !filter.kinds.contains("job") { ended.insert(.jobs) }
            if !filter.kinds.contains("revision") { ended.insert(.revisions) }
            if filter.kinds.isSubset(of: ["job", "revision"]) { ended.insert(.audit) }
        }
    }

    /// Whether there is nothing more to be found.
    package var isOver: Bool {
        HistoryEntry.Source.allCases.allSatisfy { ended.contains($0) && ahead[$0]?.isEmpty ?? true }
    }

    /// The next entries, at most so many; fewer, even none, do not mean that the walk is over.
    ///
    /// - Throws: ``JobError`` or ``AccessError`` when a source cannot be read now.
    package mutating func next(_ limit: Int) async throws -> [HistoryEntry] {
        var entries: [HistoryEntry] = []
        var looked = 0
        while entries.count < limit, looked < Self.budget, let entry = try await take() {
            looked += 1
            if let wanted = await checked(entry) { entries.append(wanted) }
        }
        // Tells whether anything is left, so that a last page says it is the last.
        if entries.count == limit { try await fill() }
        return entries
    }

    private mutating func take() async throws -> HistoryEntry? {
        try await fill()
        let first = ahead.compactMap(\.value.first).max {
            ($0.time, $1.source.rawValue) < ($1.time, $0.source.rawValue)
        }
        guard let first else { return nil }
        ahead[first.source]?.removeFirst()
        below[first.source] = first.number
        return first
    }

    private mutating func fill() async throws {
        for source in HistoryEntry.Source.allCases where !ended.contains(source) && ahead[source]?.isEmpty ?? true {
            let start = below[source]
            let (entries, hasMore) =
                switch source {
                case .jobs: try await jobs(below: start)
                case .revisions: try await revisions(below: start)
                case .audit: try await audit(below: start)
                }
            if !hasMore { ended.insert(source) }
            ahead[source] = entries[...]
        }
    }

    /// The entry if it is wanted, with the objects of a revision's job where they are asked for.
    private func checked(_ entry: HistoryEntry) async -> HistoryEntry? {
        if let since = filter.since, entry.time < since { return nil }
        if let until = filter.until, entry.time >= until { return nil }
        if !filter.kinds.isEmpty, !filter.kinds.contains(entry.kind) { return nil }
        if !filter.users.isEmpty, !filter.users.contains(entry.user ?? "") { return nil }
        if filter.objects.isEmpty { return entry }
        var entry = entry
        if case .revision(let revision) = entry.record, let job = revision.job {
            entry.objects = (try? await scheduler.record(job))?.objects ?? []
        }
        return filter.objects.isDisjoint(with: entry.objects) ? nil : entry
    }

    // MARK: Sources

    private func jobs(below: Int?) async throws -> ([HistoryEntry], Bool) {
        var query = JobQuery()
        query.limit = Self.block
        query.below = below
        query.submittedAfter = filter.since.map { Timestamp(milliseconds: $0.milliseconds - 1) }
        query.submittedBefore = filter.until
        query.users = filter.users.sorted()
        query.requester = filter.owner
        let page = try await scheduler.jobs(query)
        return (page.jobs.map { HistoryEntry(.job($0)) }, page.hasMore)
    }

    private func revisions(below: Int?) async throws -> ([HistoryEntry], Bool) {
        let records = try await scheduler.revisions(below: below, limit: Self.block)
        let isPast = filter.since.flatMap { since in records.last.map { $0.at < since } } ?? false
        return (records.map { HistoryEntry(.revision($0)) }, records.count == Self.block && !isPast)
    }

    private func audit(below: Int?) async throws -> ([HistoryEntry], Bool) {
        var query = AuditQuery()
        query.limit = Self.block
        query.below = below
        query.since = filter.since.map { Int64($0.milliseconds) }
        query.until = filter.until.map { Int64($0.milliseconds) }
        query.users = filter.users.sorted()
        // Jobs stand there as jobs, with what became of them.
        query.kinds = AuditEvent.Kind.allCases.filter { $0 != .job }
        if !filter.kinds.isEmpty { query.kinds.removeAll { !filter.kinds.contains($0.rawValue) } }
        let page = try await audit.entries(query)
        return (page.entries.map { HistoryEntry(.audit($0)) }, page.hasMore)
    }
}
