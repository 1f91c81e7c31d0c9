import Access
import EXAConf
import Logging
import Values

/// Starts databases again whose servers crashed, by ordinary jobs.
///
/// Nothing is kept between two looks: the state of a database is asked of its node, and how often it was started again
/// stands in the history. So it does not matter who asks, how often, or that the daemon was away.
package struct CrashRestart: Sendable {
    private let scheduler: JobScheduler

    static let purpose = "restart after a crash"
    /// How long is waited before something that is in the way is looked at again.
    static let pause = Duration.seconds(5)

    /// Nothing is done before ``settle(_:)``.
    package init(_ scheduler: JobScheduler) {
        self.scheduler = scheduler
    }

    /// Sees to a database until it runs, is not to run any more, or is given up.
    ///
    /// - Returns: Why it is given up, as the end of a sentence; `nil` when it is not.
    package func settle(_ database: String) async -> String? {
        var announced: Duration?
        var told = ""
        while !Task.isCancelled, let known = await look(at: database) {
            switch RestartDecision(known) {
            case .settled: return nil
            case .givenUp(let reason): return reason
            case .wait(let reason):
                // What is waited for may last for days.
                if reason != told {
                    scheduler.logger.info(
                        "restart waits", metadata: ["database": "\(database)", "cause": "\(reason)"])
                }
                told = reason
                announced = nil
                await sleep(Self.pause)
            case .start(let pause) where announced != pause:
                announced = pause
                await sleep(pause)
            case .start:
                announced = nil
                await start(database, known)
            }
        }
        return nil
    }

    private func sleep(_ pause: Duration) async {
        await scheduler.time.sleep(until: scheduler.time.monotonic + pause)
    }

    /// Has it started, and waits for what comes of that.
    private func start(_ database: String, _ known: CrashedDatabase) async {
        // Two who see to it at the same time know of the same last try.
        let request = JobRequest(
            scheduled: "db_start", ["db_name": .string(database)], purpose: Self.purpose,
            key: "restart/\(database)/\(known.tries.first?.description ?? "\(known.end ?? scheduler.now)")")
        do throws(JobError) {
            var job = try await scheduler.submit(request)
            scheduler.logger.notice(
                "database started again", metadata: ["database": "\(database)", "job.id": "\(job.id)"])
            while !job.isDone, !Task.isCancelled { job = try await scheduler.wait(for: job.id, atMost: .seconds(300)) }
        } catch {
            scheduler.logger.warning(
                "database not started again", metadata: ["database": "\(database)", "cause": "\(error.message)"])
            await sleep(Self.pause)
        }
    }

    // MARK: What is known

    /// - Returns: `nil` when the database is not this node's business.
    private func look(at database: String) async -> CrashedDatabase? {
        let document = scheduler.configuration.document
        let status = scheduler.clusterStatus()
        guard status.isMaster, let nodes = document.databases.first(where: { $0.name == database })?.nodes else {
            return nil
        }
        var known = CrashedDatabase()
        known.booted = status.booted[nodes.first ?? status.ownNode]
        known.maintenance = scheduler.configuration.maintenance(ofDatabase: database, at: scheduler.now)?.note
        known.obstacle = await obstacle(to: database, on: nodes, status)
        known.told = await scheduler.told("db_state", of: database)?.commands.first?.output
        known.tries = await tries(of: database, since: known.end ?? scheduler.now)
        return known
    }

    private func obstacle(to database: String, on nodes: [Int], _ status: ClusterStatus) async -> String? {
        if let node = nodes.first(where: status.suspended.contains) { return "node \(node) is suspended" }
        if scheduler.environment.history.isRoomLow { return "the disk is nearly full" }
        if let rule = await pausingRule { return "rule \(rule.id) holds such jobs" }
        if let job = await openJob(on: database) { return "job \(job.id) has not ended" }
        return nil
    }

    private var pausingRule: QueueRule? {
        get async {
            let job = JobRecord(
                id: JobID(node: scheduler.clusterStatus().ownNode, number: .max), type: "db_start", mode: .read,
                parameters: [:], requester: .init(.schedule), request: .init(dialect: "internal", address: ""),
                scheduling: .init(), submittedAt: scheduler.now)
            var rules = QueueRules()
            for rule in await scheduler.queueRules { rules.insert(rule) }
            if case .held(let number) = rules.verdict(on: job) { return rules[number] }
            return rules.rejection(of: job)
        }
    }

    /// A job on it that does more than look.
    private func openJob(on database: String) async -> JobRecord? {
        let catalogue = scheduler.catalogue
        return await jobs(of: database) { $0.isDone = false }.first { job in
            (try? catalogue.definition(job.type))?.isLook != true
        }
    }

    /// The jobs that started it again since it ended and in the ten minutes before: a daemon that starts later finds the same,
    /// and goes on with what was not given up.
    private func tries(of database: String, since end: Timestamp) async -> [JobID] {
        await jobs(of: database) { query in
            query.types = ["db_start"]
            query.requester = Principal.schedule.name
            query.submittedAfter = end.advanced(by: .zero - RestartDecision.period)
        }.filter { $0.intent == Self.purpose }.map(\.id)
    }

    private func jobs(of database: String, _ narrow: (inout JobQuery) -> Void) async -> [JobRecord] {
        var query = JobQuery()
        query.text = database
        query.limit = 1000
        narrow(&query)
        let jobs = (try? await scheduler.jobs(query))?.jobs ?? []
        return jobs.filter { $0.parameters["db_name"]?.string == database && !$0.scheduling.isVolatile }
    }
}
