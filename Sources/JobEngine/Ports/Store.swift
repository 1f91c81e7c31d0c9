/// What a daemon stands on: the log it decides by, and the state that log comes to.
package typealias Store = JobLog & StateStore

/// The state the log comes to, kept for good: jobs, revisions, rules and what else was recorded, for whoever asks.
package protocol StateStore: Sendable {
    /// What a starting engine has to know.
    func open() async throws(StoreError) -> StoreContents
    /// Makes a change durable outside every term, such as one of a program that runs beside the daemon, or instead of it;
    /// all of it takes effect or none.
    ///
    /// Whoever is in a term is deposed by it.
    ///
    /// - Throws: `headMoved`, `keyTaken`, `full` or `unavailable`.
    func apply(_ write: StoreWrite) async throws(StoreError)

    /// The job of an id, `nil` when it is not known (any more).
    func job(_ id: JobID) async throws(StoreError) -> JobRecord?
    /// Jobs, newest first unless asked otherwise.
    func jobs(_ query: JobQuery) async throws(StoreError) -> JobPage
    /// How many jobs were asked for in each part of a span, and what became of them.
    func tally(_ query: JobTallyQuery) async throws(StoreError) -> JobTally
    /// The jobs that idempotency keys made, with the digests of their requests; keys that were never used are not among
    /// them. However many are asked for, it is one look.
    func jobs(
        with keys: Set<IdempotencyKey>
    ) async throws(StoreError) -> [IdempotencyKey: (id: JobID, digest: String)]
    /// Where the job of an id went that is kept here no longer; `nil` when it never was, or still is.
    func archived(_ id: JobID) async throws(StoreError) -> ArchivedJob?

    /// The revision of a number, `nil` when there is none.
    func revision(_ number: Int) async throws(StoreError) -> RevisionRecord?
    /// Revisions without their text, newest first, below a number.
    func revisions(below number: Int?, limit: Int) async throws(StoreError) -> [RevisionRecord]
}

extension StateStore {
    /// The job a user's idempotency key made, with the digest of its request; `nil` when the user never used the key.
    package func job(
        user: String, idempotencyKey: String
    ) async throws(StoreError) -> (id: JobID, digest: String)? {
        let key = IdempotencyKey(user: user, text: idempotencyKey)
        return try await jobs(with: [key])[key]
    }
}

/// What a repeated request is known by; each user has keys of their own.
package struct IdempotencyKey: Sendable, Hashable {
    /// Who asked.
    package let user: String
    /// The key as the store knows it, see ``JobRecord/scopedKey``.
    package let text: String

    /// A key of a user.
    package init(user: String, text: String) {
        self.user = user
        self.text = text
    }
}

/// What was in the store when it was opened.
package struct StoreContents: Sendable {
    /// The newest decided revision.
    package var head: RevisionRecord?
    /// Jobs that have not ended, oldest first.
    package var openJobs: [JobRecord]
    /// Nodes that are suspended without the configuration saying so.
    package var suspendedNodes: Set<Int>
    /// The rules on which jobs may begin, in any order.
    package var rules: [QueueRule] = []
    /// What is owed to nodes that are away, in any order.
    package var keptUndos: [KeptUndo] = []
    /// The lowest number of a job or rule that was never given out nor reserved.
    package var nextNumber = 1

    /// By default what an empty store holds.
    package init(head: RevisionRecord? = nil, openJobs: [JobRecord] = [], suspendedNodes: Set<Int> = []) {
        self.head = head
        self.openJobs = openJobs
        self.suspendedNodes = suspendedNodes
    }
}

/// One atomic change of the store.
package struct StoreWrite: Sendable {
    /// Jobs as they stand now; a known id is replaced.
    package var jobs: [JobRecord] = []
    /// Revisions to add; the last one becomes the head.
    package var revisions: [RevisionRecord] = []
    /// The head these revisions were made on; the write is refused when it is another one.
    package var expectedHead: Int?
    /// Who has a revision now: replaces what was known of it.
    package var acknowledgements: [Int: [Acknowledgement]] = [:]
    /// Nodes whose suspension changed.
    package var suspensions: [Int: Bool] = [:]
    /// Digests of requests that came with an idempotency key, by job.
    package var requestDigests: [JobID: String] = [:]
    /// Rules to add.
    package var rules: [QueueRule] = []
    /// Numbers of rules that go.
    package var removedRules: [Int] = []
    /// What takes commands back once their nodes are there.
    package var keptUndos: [KeptUndo] = []
    /// Keys of kept ones that go.
    package var settledUndos: [CommandKey] = []
    /// Whose sessions and tokens end with the revisions.
    package var endedLogins = EndedLogins()
    /// Numbers up to this one may have been given out.
    package var lastNumber: Int?

    /// A change of nothing; its members are set one by one.
    package init() {}

    /// Stores one job and changes nothing else.
    package init(job: JobRecord) {
        jobs = [job]
    }

    /// Adds one revision to those up to a head and changes nothing else.
    package init(revision: RevisionRecord, after head: RevisionRecord) {
        revisions = [revision]
        expectedHead = head.number
    }
}

/// Why the store did not do what it was asked to.
package enum StoreError: Error, Hashable, CustomStringConvertible {
    /// The head is another one than the write was made on; nothing was written.
    case headMoved(to: Int)
    /// The idempotency key belongs to a job already; nothing was written.
    case keyTaken(JobID)
    /// Another term of office has begun since, or the store was changed outside of terms; nothing was written.
    case deposed
    /// There is no room for what was to be written; nothing was. The text is for the log.
    case full(String)
    /// It cannot be read or written now; the text is for the log.
    case unavailable(String)

    package var description: String {
        switch self {
        case .headMoved(let number): "the configuration is at revision \(number) already"
        case .keyTaken(let id): "the idempotency key belongs to job \(id)"
        case .deposed: "another term of office has begun"
        case .full(let text), .unavailable(let text): text
        }
    }
}
