import ClusterLog
import GRDB
import JobEngine
import Logging
import Replication
import Values

/// Writes the state of this node, or what changed in it, row by row as it is read.
struct StateGiving {
    private let database: Database
    private let head: StateHead
    private let log: Logger
    private let deadline = ContinuousClock.now + Self.mostTime
    private var writer: StateWriter

    // What is replaced meanwhile is kept beside the file for that long.
    private static let mostTime = Duration.seconds(600)

    /// So many of the ends a node has are told once more: what is said of a job just after its end may have come later.
    static let overlap = 500

    init(
        _ database: Database, _ head: StateHead, log: Logger,
        to take: @escaping @Sendable ([UInt8]) throws(StateFault) -> Void
    ) throws {
        (self.database, self.head, self.log) = (database, head, log)
        writer = try StateWriter(head, to: take)
    }

    /// What stands before the rows.
    ///
    /// - Throws: `refused` for a generation this node does not follow.
    static func head(_ database: Database, for request: StateRequest) throws -> StateHead {
        let form: StateHead.Form =
            switch request {
            case .state: .state
            case .changes: .changes
            case .history: .history
            }
        var head = StateHead(form, at: try SQLiteStore.applied(database))
        guard head.end.term.generation == request.generation else {
            throw StateFault.refused(
                "this node follows generation \(head.end.term.generation) of the log and not \(request.generation)")
        }
        let row = try Row.fetchOne(database, sql: "SELECT level, master, since FROM log_end")
        if let row {
            (head.level, head.master) = (try row.at(0), try row.at(1))
            let since: Int? = try row.at(2)
            head.since = since.map { Timestamp(milliseconds: $0) }
        }
        head.nextNumber = try Int.fetchOne(database, sql: "SELECT value FROM counters WHERE name = 'job'") ?? 1
        head.ends =
            try Int.fetchOne(database, sql: "SELECT max(ended) FROM job_index WHERE ended IS NOT NULL") ?? 0
        return head
    }

    /// All that is needed to take part.
    mutating func writeState(at now: Timestamp) throws {
        try writeOpenJobs()
        for number in try NeededJobs(at: now).numbers(in: database).sorted() {
            try writeJobs("WHERE jobs.number = ?", [number])
        }
        // The newest ones are what anybody asks for, and what changes are compared with.
        let newest = try RevisionTable.list(database, below: nil, limit: HistoryGiving.mostRevisions)
        try writeRevisions(newest.map(\.number).reversed())
        try writeSmallTables()
        try writer.end()
    }

    /// What a node lacks that was at a place.
    mutating func writeChanges(_ extent: ChangesExtent, at now: Timestamp) throws {
        try writeOpenJobs()
        let since = extent.ends - Self.overlap
        if extent.jobsBelow == nil {
            try writeJobs("WHERE entry.ended > ? ORDER BY entry.ended", [since])
        } else {
            // What is said of a job after its end is told also where what ended behind it is not.
            try writeJobs("WHERE entry.ended > ? AND entry.ended <= ? ORDER BY entry.ended", [since, extent.ends])
            for number in try NeededJobs(at: now).numbers(in: database).sorted() {
                try writeJobs("WHERE jobs.number = ? AND entry.ended > ?", [number, extent.ends])
            }
        }
        try writeAcknowledgements(through: extent.head)
        let first = max(extent.head, (extent.revisionsBelow ?? 0) - 1)
        let numbers = try Int.fetchAll(
            database, sql: "SELECT number FROM revisions WHERE number > ? ORDER BY number", arguments: [first])
        try writeRevisions(numbers)
        try writeSmallTables()
        try writer.end()
    }

    /// Nothing but the head.
    mutating func writeNothing() throws { try writer.end() }

    // MARK: Parts

    private mutating func append(_ row: StateRow) throws {
        guard ContinuousClock.now < deadline else {
            throw StateFault.refused("the state could not be read within \(Self.mostTime.components.seconds) s")
        }
        try writer.append(row)
    }

    private mutating func writeOpenJobs() throws { try writeJobs("WHERE jobs.done = 0 ORDER BY jobs.number", []) }

    private mutating func writeJobs(_ which: String, _ arguments: StatementArguments) throws {
        let statement = try database.cachedStatement(
            sql: """
                SELECT \(StoredRow.columns) FROM jobs JOIN job_index AS entry ON entry.number = jobs.number \(which)
                """)
        let rows = try StoredRow.fetchCursor(statement, arguments: arguments)
        while let row = try rows.next() {
            if let job = row.whole(log) { try append(.job(job)) }
        }
    }

    private mutating func writeRevisions(_ numbers: some Sequence<Int>) throws {
        for number in numbers {
            if let revision = try RevisionTable.record(database, number) {
                try append(.record(.engine(.revision(revision))))
            }
        }
    }

    /// Who has a revision may have changed long after it was decided.
    private mutating func writeAcknowledgements(through head: Int) throws {
        let numbers = try Int.fetchAll(
            database, sql: "SELECT DISTINCT revision FROM acknowledgements WHERE revision <= ?", arguments: [head])
        for number in numbers {
            let nodes = try RevisionTable.acknowledgements(database, of: number)
            try append(.record(.engine(.acknowledgements(nodes, revision: number))))
        }
    }

    private mutating func writeSmallTables() throws {
        for node in try Int.fetchAll(database, sql: "SELECT node FROM suspended_nodes ORDER BY node") {
            try append(.record(.engine(.suspension(node: node, isSuspended: true))))
        }
        for rule in try RuleRow.all(database, log) { try append(.record(.engine(.rule(rule)))) }
        for undo in try KeptUndoRow.all(database, log) { try append(.record(.engine(.undoKept(undo)))) }
        try each("\(SQLiteSessions.columns) FROM sessions") { row in
            try SQLiteSessions.session(row).map { .record(.sessionAdded($0, asOf: 0)) }
        }
        try each("\(SQLiteTokens.columns) FROM tokens") { .record(.tokenAdded(try SQLiteTokens.token($0), asOf: 0)) }
        try each("user, revision FROM login_endings") { .loginsEnded(user: try $0.at(0), revision: try $0.at(1)) }
        try each("user, revision FROM session_endings") { .sessionsEnded(user: try $0.at(0), revision: try $0.at(1)) }
        try each("\(ClusterRow.lockColumns) FROM login_locks") { try ClusterRow.lock($0).map { .record(.lockSet($0)) } }
        try each("\(ClusterRow.memberColumns) FROM members") { .record(.member(try ClusterRow.member($0))) }
        try each("\(ClusterRow.fileColumns) FROM revision_files") { try ClusterRow.file($0).map { .record(.file($0)) } }
        try each("\(BucketRow.columns) FROM bucket_files") { try BucketRow.entry($0).map { .record(.bucketFile($0)) } }
        if try SQLiteStore.hasListedBuckets(database) { try append(.record(.bucketsListed)) }
        try writeJoining()
    }

    /// Who was asked in, and every certificate: whoever decides next has to know which were taken back.
    private mutating func writeJoining() throws {
        let invitations = try Row.fetchAll(
            database, sql: "SELECT \(InvitationRow.columns) FROM invitations ORDER BY node")
        for invitation in try invitations.map(InvitationRow.invitation) {
            try append(.record(.invitation(invitation)))
            if let use = invitation.use { try append(.record(.invitationUsed(node: invitation.node, use))) }
        }
        // A revocation concerns what a node had until then: those that were taken back together come before it, and what holds
        // comes last.
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT \(NodeCertificateRow.columns) FROM node_certificates
                ORDER BY node, revoked_at IS NULL, revoked_at, revoked_by, serial
                """)
        let certificates = try rows.map(NodeCertificateRow.certificate)
        for (place, certificate) in certificates.enumerated() {
            try append(.record(.certificateIssued(certificate)))
            guard let time = certificate.revokedAt else { continue }
            let next = certificates.indices.contains(place + 1) ? certificates[place + 1] : nil
            if let next, next.wasRevoked(with: certificate) { continue }
            try append(.record(.certificatesRevoked(ofNode: certificate.node, at: time, by: certificate.revokedBy)))
        }
    }

    private mutating func each(_ source: String, _ read: (Row) throws -> StateRow?) throws {
        let rows = try Row.fetchCursor(database, sql: "SELECT \(source)")
        while let row = try rows.next() {
            if let read = try read(row) { try append(read) }
        }
    }
}

extension ReplicatedCertificate {
    /// Whether the same revocation took both back.
    fileprivate func wasRevoked(with other: ReplicatedCertificate) -> Bool {
        node == other.node && revokedAt == other.revokedAt && revokedBy == other.revokedBy
    }
}
