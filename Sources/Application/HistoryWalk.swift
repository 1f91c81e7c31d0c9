package import Access
import JobEngine
package import Values

/// Walks jobs, revisions and the audit logs of all nodes together, from the newest on, a piece at a time.
///
/// Each source is read in blocks in the order of its own numbers; of what stands first in each, the latest comes next. A
/// walk is bound to the numbers there were when it began, so nothing that happens meanwhile moves what it shows. A node that
/// cannot be asked is left out and named; a walk that goes on from there asks it again, and has what it missed first.
package struct HistoryWalk {
    /// Which entries are wanted.
    package struct Filter: Sendable, Hashable {
        /// Only what happened at this moment or later.
        package var since: Timestamp?
        /// Only what happened before this moment.
        package var until: Timestamp?
        /// Only what is about one of these objects; empty for any.
        package var objects: Set<String> = []
        /// Only these of ``HistoryService/kinds``, of an audit log any of its kinds; empty for any.
        package var kinds: Set<String> = []
        /// Only what one of these users did; empty for any.
        package var users: Set<String> = []
        /// Only audit records of these nodes; empty for all.
        package var nodes: Set<Int> = []
        /// Only this user's own jobs: somebody who may know of nothing else.
        var owner: String?
        /// Nothing but audit records.
        var isOfAudit = false

        /// Everything.
        package init() {}
    }

    /// Entries looked at for one piece, wanted or not: how long a piece can take is bounded, not how many it holds.
    static let budget = 2000
    private static let mostAtOnce = 200

    private let scheduler: JobScheduler
    private let logs: AuditLogs
    private let filter: Filter
    private var merge: HistoryMerge
    private var block = Self.mostAtOnce
    private var hasRead = false
    /// The nodes whose audit records are not in what was told, each with the reason.
    package private(set) var missing: [Int: String] = [:]
    /// Where earlier audit records are that no walk finds, by node; of those nodes whose end was reached.
    package private(set) var archived: [Int: ArchivedAudit] = [:]

    init(
        scheduler: JobScheduler, audit: AuditService, filter: Filter, below: [HistoryEntry.Source: Int], isWhole: Bool
    ) {
        self.scheduler = scheduler
        self.filter = filter
        logs = AuditLogs(audit, isPatient: isWhole)
        var sources: [HistoryEntry.Source] = []
        if !filter.isOfAudit {
            if filter.kinds.isEmpty || filter.kinds.contains("job") { sources.append(.jobs) }
            if filter.owner == nil, filter.kinds.isEmpty || filter.kinds.contains("revision") {
                sources.append(.revisions)
            }
        }
        let isWanted = filter.isOfAudit || filter.kinds.isEmpty || !filter.kinds.isSubset(of: ["job", "revision"])
        if filter.owner == nil, isWanted {
            for (node, obstacle) in logs.obstacles(of: filter.nodes) {
                if let obstacle { missing[node] = obstacle } else { sources.append(.audit(node: node)) }
            }
        }
        merge = HistoryMerge(sources, below: below)
    }

    /// Whether there is nothing more to be found.
    package var isOver: Bool { merge.isOver }

    /// Below which number each source goes on, for a walk that goes on where this one ends.
    package var below: [HistoryEntry.Source: Int] { merge.below }

    /// The next entries, at most so many; fewer, even none, do not mean that the walk is over.
    ///
    /// - Throws: ``JobError`` or ``AccessError`` when a source of this node cannot be read now.
    package mutating func next(_ limit: Int) async throws -> [HistoryEntry] {
        // What is looked for by its objects is found after reading.
        block = filter.objects.isEmpty ? min(limit + 1, Self.mostAtOnce) : Self.mostAtOnce
        var entries: [HistoryEntry] = []
        var looked = 0
        while entries.count < limit, looked < Self.budget {
            try await fill()
            guard let entry = merge.take() else { break }
            looked += 1
            if let wanted = await checked(entry) { entries.append(wanted) }
        }
        // Tells whether anything is left, so that a last page says it is the last.
        if entries.count == limit { try await fill() }
        return entries
    }

    /// Reads what has to be read next. A page whose time is over reads nothing more, and ends where it is.
    private mutating func fill() async throws {
        let hungry = merge.hungry
        if hungry.isEmpty || hasRead && logs.isOverdue { return }
        hasRead = true
        var nodes: [Int] = []
        for source in hungry {
            switch source {
            case .jobs: try await readJobs()
            case .revisions: try await readRevisions()
            case .audit(let node): nodes.append(node)
            }
        }
        if nodes.isEmpty { return }
        let queries = nodes.map { node in (node, auditQuery(below: merge.below[.audit(node: node)])) }
        for (node, told) in try await logs.read(queries) {
            let source = HistoryEntry.Source.audit(node: node)
            switch told {
            case .success(let page):
                if let end = page.archived { archived[node] = end }
                merge.add(
                    page.entries.map { HistoryEntry(.audit($0, node: node)) }, of: source, hasMore: page.hasMore)
            case .failure(let fault):
                missing[node] = fault.reason
                merge.leaveOut(source)
            }
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

    private mutating func readJobs() async throws {
        var query = JobQuery()
        query.limit = block
        query.below = merge.below[.jobs]
        query.submittedAfter = filter.since.map { Timestamp(milliseconds: $0.milliseconds - 1) }
        query.submittedBefore = filter.until
        query.users = filter.users.sorted()
        query.requester = filter.owner
        let page = try await scheduler.jobs(query)
        merge.add(page.jobs.map { HistoryEntry(.job($0)) }, of: .jobs, hasMore: page.hasMore)
    }

    private mutating func readRevisions() async throws {
        let records = try await scheduler.revisions(below: merge.below[.revisions], limit: block)
        let isPast = filter.since.flatMap { since in records.last.map { $0.at < since } } ?? false
        merge.add(
            records.map { HistoryEntry(.revision($0)) }, of: .revisions, hasMore: records.count == block && !isPast)
    }

    private func auditQuery(below: Int?) -> AuditQuery {
        var query = AuditQuery()
        query.limit = block
        query.below = below
        query.since = filter.since.map { Int64($0.milliseconds) }
        query.until = filter.until.map { Int64($0.milliseconds) }
        query.users = filter.users.sorted()
        if filter.isOfAudit {
            query.kinds = filter.kinds.sorted().compactMap(AuditEvent.Kind.init)
        } else {
            // Jobs stand there as jobs, with what became of them.
            query.kinds = AuditEvent.Kind.allCases.filter { $0 != .job }
            if !filter.kinds.isEmpty { query.kinds.removeAll { !filter.kinds.contains($0.rawValue) } }
        }
        return query
    }
}
