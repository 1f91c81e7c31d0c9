import Access
import Application
import EXAConf
import Gateway
import JobEngine
import Jobs
import Logging
import Waiting

extension GatewayServices {
    /// Services that know the jobs and nothing else: enough to say which routes there are, no request can be answered.
    static func describing(_ catalogue: JobCatalogue, version: String) -> GatewayServices {
        let nothing = Nothing()
        let time = SystemTimeSource()
        var settings = GatewaySettings()
        settings.version = version
        return GatewayServices(
            scheduler: JobScheduler(
                catalogue: catalogue, store: nothing, runner: nothing, cluster: nothing, time: time,
                logger: Logger(label: "confd") { _ in SwiftLogNoOpLogHandler() }),
            logins: LoginService(
                authenticator: nothing, directory: nothing, sessions: nothing, tokens: nothing, audit: nothing,
                time: time),
            audit: nothing, cluster: nothing, time: time, readiness: ReadinessChecks { [] }, settings: settings)
    }
}

/// Keeps nothing, runs nothing, knows nobody.
private struct Nothing: Store, NodeRunner, Cluster, Authenticator, Directory, SessionStore, TokenStore, AuditLog {
    let status = ClusterStatus(ownNode: 0, master: nil, booted: [:])
    let thread = SerialThread(name: "nothing")

    func open() async throws(StoreError) -> StoreContents { StoreContents() }
    func beginTerm() async throws(StoreError) -> LogPosition { throw Self.absent }
    func append(
        _ records: [LogRecord], audit: [AuditEvent], after position: LogPosition
    ) async throws(StoreError) { throw Self.absent }
    func end() async throws(StoreError) -> LogPosition { throw Self.absent }
    func apply(_ write: StoreWrite) async throws(StoreError) { throw Self.absent }
    func job(_ id: JobID) async throws(StoreError) -> JobRecord? { nil }
    func jobs(_ query: JobQuery) async throws(StoreError) -> JobPage { JobPage(jobs: [], hasMore: false) }
    func jobs(
        with keys: Set<IdempotencyKey>
    ) async throws(StoreError) -> [IdempotencyKey: (id: JobID, digest: String)] { [:] }
    func archived(_ id: JobID) async throws(StoreError) -> ArchivedJob? { nil }
    func tally(_ query: JobTallyQuery) async throws(StoreError) -> JobTally { JobTally.Counter(query).finish() }
    func revision(_ number: Int) async throws(StoreError) -> RevisionRecord? { nil }
    func revisions(below number: Int?, limit: Int) async throws(StoreError) -> [RevisionRecord] { [] }

    func run(
        _ command: Command, job: JobID, step: Int, report: @escaping @Sendable (CommandReport) -> Void
    ) async -> CommandOutcome { .cancelled }
    func install(
        _ revision: RevisionRecord, of document: Document, suspended: Set<Int>
    ) async throws(InstallError) -> [Acknowledgement] { [] }
    func readConfiguration() async throws(InstallError) -> [UInt8]? { nil }
    func configurationWasTouched() async -> Bool { false }

    func check(user: String, password: Password, from address: String) async -> Verdict {
        .unavailable(detail: "there is no daemon")
    }
    func entry(of user: String) async throws(AccessError) -> DirectoryEntry? { nil }
    func bearerToken() async -> String? { nil }

    func add(_ session: Session, asOf revision: Int) async throws(AccessError) {}
    func find(tokenHash: [UInt8]) async throws(AccessError) -> Session? { nil }
    func list(user: String?) async throws(AccessError) -> [Session] { [] }
    func revoke(id: String) async throws(AccessError) -> Session? { nil }
    func keepNewest(_ count: Int, of user: String) async throws(AccessError) {}
    func removeExpired(at now: Int64, lastUsedBefore: Int64) async throws(AccessError) {}

    func add(_ token: APIToken, limit: Int, asOf revision: Int) async throws(AccessError) -> Bool { false }
    func token(secretHash: [UInt8]) async throws(AccessError) -> APIToken? { nil }
    func tokens(of user: String?) async throws(AccessError) -> [APIToken] { [] }
    func noteUse(of id: String, at time: Int64) async throws(AccessError) {}
    func removeToken(id: String) async throws(AccessError) -> APIToken? { nil }

    func record(_ event: AuditEvent) async {}

    private static let absent = StoreError.unavailable("there is no store")
}
