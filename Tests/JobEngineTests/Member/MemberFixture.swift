import Access
import EXAConf
import Logging
import Support
import Testing
import Values

@testable import JobEngine

/// A member of a cluster of nodes 11, 12 and 13 on ports in memory, with a first revision; this node is 11 unless the test says otherwise.
struct MemberFixture: Sendable {
    let alone: EngineFixture
    let cluster: ScriptedCluster
    let store: MemberStore
    let runner: MemberRunner
    /// The revision it begins with.
    let first: RevisionRecord

    /// - Parameter extra: Sections its configuration has besides.
    init(
        _ members: [Int] = [11, 12, 13], catalogue: JobCatalogue = .fixture, extra: String = "",
        answer: @escaping RecordingRunner.Answer = { _ in .ok(.null) }
    ) async throws {
        alone = EngineFixture(catalogue: catalogue, file: try Self.text(extra), answer: answer)
        first = try await alone.running { $0.configuration.record }
        cluster = ScriptedCluster(members)
        store = MemberStore(alone.store, cluster)
        runner = MemberRunner(alone.runner)
    }

    /// Another node, which has all the former one has; that one runs no more.
    init(_ former: MemberFixture, as node: Int) {
        alone = former.alone
        first = former.first
        cluster = ScriptedCluster(as: node)
        store = MemberStore(former.alone.store, cluster)
        runner = MemberRunner(former.alone.runner)
    }

    private static func text(_ extra: String) throws -> String {
        var random = RandomSource.counting()
        // The database of every fresh cluster is not what this is about.
        let fresh = FixtureText.fresh.replacing("[DB : DB1]", with: "[Unused : DB1]")
        var document = try Document(parsing: fresh + extra)
        for id in [12, 13, 14] {
            try document.addNode(id: id, NodeSettings(privateNet: "10.10.10.x/24"), using: &random)
        }
        return document.committed().document.text
    }

    func scheduler(_ settings: SchedulerSettings = SchedulerSettings()) -> JobScheduler {
        JobScheduler(
            catalogue: alone.catalogue, store: store, runner: runner, cluster: cluster, feed: store, time: alone.time,
            random: RandomSource { 4 }, settings: settings,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Runs a member around a piece of work, and stops it as the daemon does.
    func running<Result: Sendable>(
        _ settings: SchedulerSettings = SchedulerSettings(), reconcilers: [any Reconciler] = [],
        _ work: @Sendable (JobScheduler) async throws -> Result
    ) async throws -> Result {
        try await alone.running(scheduler(settings), reconcilers, work)
    }

    /// Has this node elected, and waits for its term.
    func elect(_ scheduler: JobScheduler) async throws {
        store.elect()
        try #require(await until { scheduler.cluster.status.isMaster && (try? scheduler.driver) != nil })
    }

    /// The revision behind another one, with a text of its own.
    func revision(after head: RevisionRecord, _ text: String, job: JobID? = nil) throws -> RevisionRecord {
        var document = try Document(parsing: head.text)
        try document.set("IssueTracker", to: text, in: .global)
        let draft = try #require(DraftRevision(document, number: head.number + 1, forced: true))
        return draft.record(job: job, user: "admin", reason: nil, at: Timestamp(milliseconds: 0))
    }

    func until(_ steps: Int = 4_000, _ condition: () async throws -> Bool) async rethrows -> Bool {
        try await alone.until(steps, condition)
    }
}
