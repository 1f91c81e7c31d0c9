/// Where jobs and revisions are kept for good: the embedded database of one node, or the log of a cluster.
///
/// Whatever ``apply(_:)`` was given is durable on return and either all of it took effect or none. The engine numbers
/// revisions and decides what happens; the store only guards: a write that expects another head than the stored one is
/// refused, so two masters can never both decide.
package protocol Store: Sendable {
    /// What a starting engine has to know.
    func open() async throws(StoreError) -> StoreContents
    /// Numbers for jobs that were never given out before and will not be again, even after a crash.
    func reserveJobNumbers(_ count: Int) async throws(StoreError) -> Range<Int>
    /// Makes a change durable.
    func apply(_ write: StoreWrite) async throws(StoreError)

    /// The job of an id, `nil` when it is not known (any more).
    func job(_ id: JobID) async throws(StoreError) -> JobRecord?
    /// Jobs, newest first unless asked otherwise.
    func jobs(_ query: JobQuery) async throws(StoreError) -> JobPage
    /// The job a user's idempotency key made, with the digest of its request.
    func job(user: String, idempotencyKey: String) async throws(StoreError) -> (id: JobID, digest: String)?
    /// Where the job of an id went that is kept here no longer; `nil` when it never was, or still is.
    func archived(_ id: JobID) async throws(StoreError) -> ArchivedJob?

    /// The revision of a number, `nil` when there is none.
    func revision(_ number: Int) async throws(StoreError) -> RevisionRecord?
    /// Revisions without their text, newest first, below a number.
    func revisions(below number: Int?, limit: Int) async throws(StoreError) -> [RevisionRecord]
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
    /// Users whose sessions and tokens end with the revisions.
    package var endedLogins: Set<String> = []

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
    /// There is no room for what was to be written; nothing was. The text is for the log.
    case full(String)
    /// It cannot be read or written now; the text is for the log.
    case unavailable(String)

    package var description: String {
        switch self {
        case .headMoved(let number): "the configuration is at revision \(number) already"
        case .keyTaken(let id): "the idempotency key belongs to job \(id)"
        case .full(let text), .unavailable(let text): text
        }
    }
}
