import Access
import EXAConf
import JobEngine
import Support
import Synchronization
import Testing
import Values

@testable import Application

@Suite(.timeLimit(.minutes(5))) struct StateProbeTests {
    private static let now = Timestamp(milliseconds: 1_800_000_000_000)

    /// A history that grows, as a store tells it.
    private final class History: Sendable {
        private let jobs = Mutex<[JobRecord]>([])

        func add(_ job: JobRecord) { jobs.withLock { $0.append(job) } }

        func page(_ query: JobQuery) -> JobPage {
            let jobs = jobs.withLock { $0 }
            let ends = Dictionary(uniqueKeysWithValues: jobs.filter(\.isDone).enumerated().map { ($1.id, $0 + 1) })
            return JobListing(query, jobs: jobs, ends: ends).page
        }
    }

    private static func job(
        _ number: Int, _ type: String, _ outcome: Outcome, of database: String = "HR", schedule: String? = nil,
        text: String = "no"
    ) -> JobRecord {
        var requester = JobRecord.Requester(name: schedule == nil ? "admin" : "confd:schedule", roles: [])
        requester.method = schedule == nil ? .password : .internal
        var job = JobRecord(
            id: JobID(node: 11, number: number), type: type, mode: .read, parameters: ["db_name": .string(database)],
            requester: requester, request: .init(dialect: "internal", address: ""), scheduling: .init(),
            submittedAt: now)
        job.intent = schedule
        (job.outcome, job.endedAt) = (outcome, Timestamp(milliseconds: now.milliseconds + number * 1000))
        if outcome != .ok { job.result = JobResult(JobError(.jobFailed, text)) }
        return job
    }

    private static func ended(_ history: History) -> EndedJobs {
        EndedJobs(time: ManualTime()) { query in history.page(query) }
    }

    @Test func whatEndedLastCounts() async {
        let history = History()
        let jobs = Self.ended(history)
        history.add(Self.job(1, "db_start", .ok))
        history.add(Self.job(2, "db_backup_start", .ok, schedule: "schedule/HR/daily"))
        history.add(Self.job(3, "db_backup_start", .failed, schedule: "schedule/HR/daily", text: "no archive"))
        var known = await jobs.look()
        #expect(known.starts["HR"]?.isWell == true)
        #expect(known.begun["HR"]?.milliseconds == Self.now.milliseconds + 1000)
        #expect(known.backups["HR"]?.milliseconds == Self.now.milliseconds + 2000)
        #expect(known.schedules["schedule/HR/daily"]?.isWell == false)
        #expect(known.schedules["schedule/HR/daily"]?.text == "no archive (job 11.3)")
        history.add(Self.job(4, "db_start", .failed, text: "no room"))
        history.add(Self.job(5, "db_backup_start", .ok, schedule: "schedule/HR/daily"))
        known = await jobs.look()
        #expect(known.starts["HR"]?.text == "no room (job 11.4)")
        #expect(known.schedules["schedule/HR/daily"]?.isWell == true)
        history.add(Self.job(6, "db_stop", .ok))
        #expect(await jobs.look().starts["HR"] == nil)
    }

    /// What a schedule could not do is over when somebody has done the same.
    @Test func aScheduleThatFailedIsOverWhenItsJobWasRun() async {
        let history = History()
        let jobs = Self.ended(history)
        history.add(Self.job(1, "db_backup_start", .failed, schedule: "schedule/HR/daily"))
        history.add(Self.job(2, "db_backup_start", .ok, of: "SALES"))
        history.add(Self.job(3, "db_backup_start", .failed))
        #expect(await jobs.look().schedules["schedule/HR/daily"]?.isWell == false)
        history.add(Self.job(4, "db_backup_start", .ok))
        #expect(await jobs.look().schedules["schedule/HR/daily"]?.job.number == 4)
    }

    @Test func aRequestThatWasWrongSaysNothingOfADatabase() async {
        let history = History()
        history.add(Self.job(1, "db_start", .declined))
        history.add(Self.job(2, "db_start", .cancelled, of: "SALES"))
        history.add(Self.job(3, "db_start", .declined, of: "WEB", schedule: "automatic start", text: "port taken"))
        let known = await Self.ended(history).look()
        #expect(Set(known.starts.keys) == ["WEB"])
    }

    /// The history is read once, and from then on a page for each look, however long it is.
    @Test func onlyWhatIsNewIsRead() async {
        let history = History()
        for number in 1...1200 { history.add(Self.job(number, "db_backup_start", .ok, of: "D\(number)")) }
        let jobs = Self.ended(history)
        #expect(await jobs.look().backups.count == 1200)
        #expect(await jobs.reads == 12)
        history.add(Self.job(1201, "db_backup_start", .ok, of: "D1"))
        #expect(await jobs.look().backups["D1"]?.milliseconds == Self.now.milliseconds + 1_201_000)
        #expect(await jobs.reads == 13)
    }

    @Test func schedulesAndBackupsAreWhatTheHistorySays() async throws {
        let schedule = """
            [DB : HR]
                Port = 8563
                Nodes = 11
                [[Backup : daily]]
                    Enabled = True
                    Volume = vault
                    Level = 0
                    Minute = 0
                    Hour = 3
                [[Backup : broken]]
                    Enabled = True
                    Volume = vault
                    Level = 0
                    Minute = 99
            [DB : SALES]
                Port = 8564
                Nodes = 11

            """
        let file = try Document(parsing: FixtureText.fresh + schedule).committed().document.text
        let engine = EngineFixture(file: file)
        try await engine.running { (scheduler) async throws in
            let history = History()
            let probe = SchedulesProbe(jobs: Self.ended(history)) { scheduler.configuration }
            var states = await probe.look()
            #expect(
                states.map(\.object) == [
                    "schedule:HR:daily", "schedule:HR:broken", "backup:DB1", "backup:HR", "backup:SALES",
                ])
            #expect(states.map(\.actual) == ["never-ran", "unreadable", "missing", "missing", "missing"])
            #expect(states[0].remedy?.type == "db_backup_start" && states[0].figures[.next] != nil)
            #expect(states[3].wanted == "scheduled" && states[4].wanted.isEmpty && states[4].remedy == nil)
            history.add(Self.job(1, "db_start", .ok))
            history.add(Self.job(2, "db_backup_start", .failed, schedule: "schedule/HR/daily", text: "no vault"))
            states = await probe.look()
            #expect(states[0].actual == "failed" && states[0].why == "no vault (job 11.2)")
            #expect(states[3].figures == [.firstWanted: Self.now.milliseconds + 1000])
            history.add(Self.job(3, "db_backup_start", .ok))
            states = await probe.look()
            #expect(states[3].figures[.newestBackup] == Self.now.milliseconds + 3000)
            #expect(states[0].actual == "worked", "what the schedule could not do was done by hand")
        }
    }

    @Test func aDatabaseIsWhatTheWatchSays() {
        let up = WatchedDatabase("HR", isWanted: true, isUp: true, since: Self.now)
        let down = WatchedDatabase("HR", isWanted: true, isUp: false, since: Self.now, end: "its server crashed")
        let unseen = WatchedDatabase("HR", isWanted: true, isUp: nil, since: Self.now)
        let failure = EndedJobs.Ended(job: JobID(node: 11, number: 7), isWell: false, at: Self.now, text: "no room")
        let states = [
            DatabasesProbe.state(of: "HR", up, nil), DatabasesProbe.state(of: "HR", down, nil),
            DatabasesProbe.state(of: "HR", unseen, nil), DatabasesProbe.state(of: "HR", nil, nil),
            DatabasesProbe.state(of: "HR", nil, failure), DatabasesProbe.state(of: "HR", up, failure),
        ]
        #expect(states.map(\.wanted) == ["running", "running", "running", "stopped", "running", "running"])
        #expect(states.map(\.actual) == ["running", "stopped", "unknown", "stopped", "stopped", "running"])
        #expect(states.map(\.why) == ["", "its server crashed", "", "", "it did not start: no room", ""])
    }

    /// A job that has begun to start or stop a database says what it does; one that waits, or has come to it, does not.
    @Test func whatAJobIsAtIsTold() async {
        let history = History()
        var jobs = [
            Self.job(1, "db_start", .ok, of: "HR"), Self.job(2, "db_stop", .ok, of: "SALES"),
            Self.job(3, "db_start", .ok, of: "WEB"), Self.job(4, "db_info", .ok, of: "BIG"),
        ]
        for index in jobs.indices {
            (jobs[index].outcome, jobs[index].endedAt, jobs[index].result) = (nil, nil, nil)
            jobs[index].stage = index == 2 ? .scheduled : .executed
            history.add(jobs[index])
        }
        #expect(await Self.ended(history).underWay() == ["HR": "starting", "SALES": "stopping"])
        var state = ObjectState(.database, "HR", wanted: "stopped", actual: "stopped")
        state.take("starting")
        #expect(state.actual == "starting")
        state = ObjectState(.database, "HR", wanted: "running", actual: "running")
        state.take("starting")
        #expect(state.actual == "running")
        state.take("stopping")
        #expect(state.actual == "stopping")
    }

    @Test func portsThatSeveralWantAreTold() async throws {
        let databases = """
            [DB : HR]
                Port = 8563
                Nodes = 11
            [DB : SALES]
                Port = 9000
                Nodes = 11

            """
        let file = try Document(parsing: FixtureText.fresh + databases).committed().document.text
        let engine = EngineFixture(file: file)
        try await engine.running { (scheduler) async throws in
            let states = await PortsProbe(node: 11, daemonPort: 9000) { scheduler.configuration }.look()
            #expect(states.map(\.object) == ["port:11-8563", "port:11-9000"])
            #expect(states.map(\.why) == ["database DB1, database HR", "database SALES, this daemon"])
            let other = await PortsProbe(node: 11, daemonPort: 0) { scheduler.configuration }.look()
            #expect(other.map(\.object) == ["port:11-8563"])
            let users = PortsProbe.users(in: scheduler.configuration.document, on: 12, daemonPort: 0)
            #expect(users[8563] == nil, "they do not run on that node")
        }
    }

    /// The log is computed again after a while, and what could not be computed changes nothing.
    @Test func theAuditLogIsExaminedInTurn() async {
        let time = ManualTime()
        let damage = AuditProbe.Verdict.damaged("record 7 is missing")
        let verdicts = Verdicts([.whole, damage, .whole, damage, damage, .unknown, .whole])
        let probe = AuditProbe(node: 11, time: time) {
            // It takes a second.
            time.advance(by: .seconds(1))
            return verdicts.next()
        }
        #expect(await probe.look().map(\.actual) == ["whole"])
        time.advance(by: AuditProbe.shortestPause)
        #expect(await probe.look().map(\.actual) == ["whole"], "200 times as long as the look took")
        #expect(verdicts.taken == 1)
        // What one look alone says may be of an archive that is replaced meanwhile.
        for expected in ["whole", "whole", "whole", "damaged", "damaged", "whole"] {
            time.advance(by: .seconds(AuditProbe.share))
            #expect(await probe.look().map(\.actual) == [expected])
        }
        #expect(verdicts.taken == 7)
    }

    /// What examinations say, in order.
    private final class Verdicts: Sendable {
        private let rest: Mutex<[AuditProbe.Verdict]>
        private let count: Int

        init(_ verdicts: [AuditProbe.Verdict]) {
            count = verdicts.count
            rest = Mutex(verdicts)
        }

        var taken: Int { count - rest.withLock { $0.count } }

        func next() -> AuditProbe.Verdict { rest.withLock { $0.isEmpty ? .unknown : $0.removeFirst() } }
    }

    @Test func disksAreToldOnceAndInSteps() async {
        let probe = DisksProbe(node: 11) {
            [
                DiskUse("data", device: 1, size: 100_000, free: 40_050),
                DiskUse("store", device: 1, size: 100_000, free: 40_050, isLow: true),
                DiskUse("logs", device: 2, size: 100_000, free: 90_000),
            ]
        }
        let states = await probe.look()
        #expect(states.map(\.name) == ["11-data", "11-logs"] && states.map(\.actual) == ["full", "free"])
        #expect(states.first?.figures == [.sizeBytes: 100_000, .usedBytes: 59_900])
    }

    @Test func aNodeThatIsBehindIsToldForHowLong() async throws {
        let engine = EngineFixture()
        try await engine.running { (scheduler) async throws in
            let cluster = StagedCluster(.cluster(of: 3))
            let service = ClusterService(cluster, scheduler: scheduler, time: engine.time, version: "0.3")
            let probe = NodesProbe(service, time: engine.time) { "cl4" }
            #expect(await probe.look().map(\.object) == ["cluster:cl4", "node:11", "node:12", "node:13"])
            // The others go on, and node 13 does not.
            let head = { (head: Int) in
                cluster.change { status in
                    for node in [11, 12] { status.members[node]?.applied = head }
                }
            }
            head(120)
            #expect(await probe.look().last?.figures[.lagSeconds] == 0)
            engine.time.advance(by: .seconds(12))
            head(140)
            #expect(await probe.look().last?.figures == [.lagSeconds: 12, .lagEntries: 40])
            // It has come to where they were: it keeps up.
            cluster.change { $0.members[13]?.applied = 130 }
            #expect(await probe.look().last?.figures == [.lagSeconds: 0, .lagEntries: 10])
            cluster.change { $0 = $0.without(13) }
            let away = try #require(await probe.look().last)
            #expect(away.actual == "away" && away.figures.isEmpty && away.since != nil)
        }
    }

    @Test func nobodyWhoDecidesIsToldSinceWhen() async throws {
        let engine = EngineFixture()
        try await engine.running { (scheduler) async throws in
            let cluster = StagedCluster(.cluster(of: 3))
            let service = ClusterService(cluster, scheduler: scheduler, time: engine.time, version: "0.3")
            let probe = NodesProbe(service, time: engine.time) { "cl4" }
            #expect(await probe.look().first?.actual == "decides")
            cluster.change { $0.master = nil }
            let first = try #require(await probe.look().first)
            #expect(first.actual == "no-master")
            engine.time.advance(by: .seconds(30))
            #expect(await probe.look().first?.since == first.since)
        }
    }

    @Test func aNodeAloneHasNoNodesToTellOf() async throws {
        let engine = EngineFixture()
        try await engine.running { (scheduler) async throws in
            let status = ClusterStatus(
                ownNode: 11, master: .init(node: 11, name: "n11", address: "10.0.0.11"), booted: [:])
            let service = ClusterService(StagedCluster(status), scheduler: scheduler, time: engine.time, version: "0.3")
            #expect(await NodesProbe(service, time: engine.time) { "cl4" }.look().isEmpty)
        }
    }

    @Test func aLookEndsInFindingsThatAreKeptAndTold() async throws {
        let engine = EngineFixture()
        try await engine.running { (scheduler) async throws in
            let (board, memory, told) = (HealthBoard(node: 11), Memory(), Told())
            let state = ObjectState(.database, "HR", node: 11, wanted: "running", actual: "stopped")
            let cycle = HealthCycle(
                board, probes: [FunctionProbe("test") { [state] }], scheduler: scheduler, memory: memory,
                time: engine.time
            ) { told.add($0) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await cycle.run() }
                #expect(await engine.until { !told.ids.isEmpty })
                group.cancelAll()
                try await group.waitForAll()
            }
            #expect(told.ids == ["database-down:db:HR"])
            #expect(Array(memory.kept.keys) == ["database-down:db:HR"])
        }
    }

    private final class Memory: FindingMemory {
        private let state = Mutex<[String: Timestamp]>([:])

        var kept: [String: Timestamp] { state.withLock { $0 } }

        func all() async -> [String: Timestamp] { kept }

        func keep(_ begun: [String: Timestamp], forgetting ended: [String]) async {
            state.withLock { state in
                state.merge(begun) { $1 }
                for id in ended { state[id] = nil }
            }
        }
    }

    private final class Told: Sendable {
        private let state = Mutex<[String]>([])

        var ids: [String] { state.withLock { $0 } }

        func add(_ changes: [FindingChange]) { state.withLock { $0 += changes.map(\.finding.id) } }
    }
}
