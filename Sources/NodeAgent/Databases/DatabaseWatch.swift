package import Access
import JobEngine
package import Logging
import Values
import Waiting

/// Watches the servers of this node's databases, and keeps what is wanted of each: the one owner of both.
///
/// A server that ends is noticed at once, by the kernel's word and not by asking again and again. One that ended while the
/// daemon was away is noticed when its database is looked at for the first time.
package actor DatabaseWatch {
    /// Ends nobody asked for, by database; each comes again after a start of the daemon until ``told(_:of:)`` was called.
    package nonisolated let ends: AsyncStream<(database: String, end: DatabaseEnd)>
    nonisolated let engine: DatabaseEngine

    private nonisolated let tell: AsyncStream<(database: String, end: DatabaseEnd)>.Continuation
    private nonisolated let exits: AsyncStream<String>
    private nonisolated let exit: AsyncStream<String>.Continuation
    private nonisolated let path: String
    private nonisolated let durable = DurableFile()
    private nonisolated let time: any TimeSource
    private nonisolated let logger: Logger
    private nonisolated let thread = SerialThread(name: "database-watch")

    private var ledger: DatabaseLedger
    private var armed: [String: ProcessExit] = [:]
    /// How each database is asked about; without passwords.
    private var calls: [String: DatabaseCall] = [:]
    private var wasMade: @Sendable (String) async -> Bool = { _ in false }
    /// What was measured of those that run.
    private(set) var figures: [String: Figures] = [:]

    /// Writing the ledger blocks this thread, and nobody else.
    package nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// Reads the ledger; one that is damaged is begun anew, and whether databases were made is found out otherwise.
    package init(_ engine: DatabaseEngine, root: InstallationRoot, time: any TimeSource, logger: Logger) {
        self.engine = engine
        self.time = time
        self.logger = logger
        path = root.databaseLedger
        (ends, tell) = AsyncStream.makeStream()
        (exits, exit) = AsyncStream.makeStream()
        let kept = Self.read(root.databaseLedger, from: durable, logger: logger)
        ledger = kept
        for (name, entry) in kept.databases where !entry.isTold {
            if let end = entry.ended { tell.yield((name, end)) }
        }
    }

    private static func read(_ path: String, from durable: DurableFile, logger: Logger) -> DatabaseLedger {
        do throws(InstallError) {
            guard let bytes = try durable.read(path) else { return DatabaseLedger() }
            if let ledger = DatabaseLedger(reading: bytes) { return ledger }
            logger.error("ledger of databases begun anew: it is damaged", metadata: ["path": "\(path)"])
        } catch {
            logger.error("ledger of databases begun anew", metadata: ["cause": "\(error)"])
        }
        return DatabaseLedger()
    }

    /// Asks this, of a name the ledger does not have, whether a database of that name was ever made here.
    package func askHistory(_ wasMade: @escaping @Sendable (String) async -> Bool) { self.wasMade = wasMade }

    /// Notices ends until the task is cancelled.
    package func run() async {
        for await name in exits { await serverEnded(name) }
    }

    /// An end was told, and is not told again.
    package func told(_ end: DatabaseEnd, of database: String) {
        guard ledger.databases[database]?.ended == end else { return }
        change(database) { $0.isTold = true }
    }

    /// Asks the engine how large the databases are that run, and how many clients each has. One that does not answer in time has
    /// no figures until it does; one that was stopped is as large as it was.
    package func measure() async {
        let former = figures
        var found: [String: Figures] = [:]
        for name in ledger.databases.keys where ledger.databases[name]?.isUp != true {
            if let bytes = former[name]?.usedBytes { found[name] = Figures(usedBytes: bytes, connections: nil) }
        }
        for (name, call) in calls where ledger.databases[name]?.isUp == true {
            let bounded = call.with(end: time.monotonic + .seconds(20))
            guard let answer = try? await engine.run("info", bounded) else { continue }
            found[name] = Figures(usedBytes: answer["used_bytes"]?.int, connections: answer["connections"]?.int)
        }
        figures = found
    }

    /// Everything in the ledger.
    var databasesInLedger: [String: DatabaseLedger.Entry] { ledger.databases }

    /// Whether the server of a database was found in this run of the daemon, and is not known to have ended.
    func isWatched(_ database: String) -> Bool { calls[database] != nil }

    private func serverEnded(_ name: String) async {
        guard let gone = armed[name]?.process, let call = calls[name] else { return }
        let now = call.with(end: time.monotonic + .seconds(60))
        let isThere = (try? engine.mayRun(now)) ?? false
        let answer = isThere ? (try? await engine.run("state", now)) ?? [:] : [:]
        // Another one may have taken its place meanwhile.
        guard armed[name]?.process == gone else { return }
        armed[name] = nil
        var told = answer.map ?? [:]
        if let process = ServerProcess(answer["process"]), process != gone { return _ = see(answer, call) }
        // The engine may not have seen yet what the kernel told; and of a crash it knows the last sign of life alone.
        told["state"] = "stopped"
        if var ended = told["ended"]?.map, ended["clean"]?.bool != true {
            ended["at"] = .string(self.now.description)
            told["ended"] = .map(ended)
        }
        see(.map(told), call)
    }
}

extension DatabaseWatch {
    /// What is known of the database of a command.
    func entry(_ call: DatabaseCall) -> DatabaseLedger.Entry {
        guard let known = ledger.databases[call.database] else { return .init(id: call.databaseID) }
        guard let id = call.databaseID, let former = known.id, id != former else { return known }
        return .init(id: id)
    }

    /// The server of the database of a command, as long as it is watched and has not ended.
    func server(_ call: DatabaseCall) -> ServerProcess? { armed[call.database]?.process }

    /// Whether the database of a command was ever made.
    func wasMade(_ call: DatabaseCall) async -> Bool {
        if entry(call).isMade { return true }
        // The history goes by names: it is asked where nothing says that the name stands for another one now.
        guard ledger.databases[call.database] == nil, await wasMade(call.database) else { return false }
        change(call) { $0.isMade = true }
        return true
    }

    /// Takes up what the engine says of a database, and adds what is known beside it.
    @discardableResult
    func see(_ answer: Value, _ call: DatabaseCall) -> Value {
        let now = now
        change(call) { $0.see(answer, at: now) }
        // How it ended is told when nobody had asked for that.
        let told = (answer.map ?? [:]).filter { $0.key != "ended" }
        return .map(told.merging(entry(call).members) { $1 })
    }

    /// Changes what is known of the database of a command, durably, and watches its server from then on.
    func change(_ call: DatabaseCall, _ work: (inout DatabaseLedger.Entry) -> Void) {
        let name = call.database
        let blank = DatabaseLedger.Entry(id: call.databaseID)
        var entry = entry(call)
        work(&entry)
        entry.id = call.databaseID ?? entry.id
        if entry != blank || ledger.databases[name] != nil { keep(entry, of: name) }
        arm(name, call)
    }

    /// Forgets a database that was removed.
    func forget(_ call: DatabaseCall) {
        (armed[call.database], calls[call.database]) = (nil, nil)
        guard ledger.databases.removeValue(forKey: call.database) != nil else { return }
        write()
    }

    nonisolated var now: Timestamp { Timestamp(milliseconds: Int(time.now)) }

    private func change(_ name: String, _ work: (inout DatabaseLedger.Entry) -> Void) {
        guard var entry = ledger.databases[name] else { return }
        work(&entry)
        keep(entry, of: name)
    }

    private func keep(_ entry: DatabaseLedger.Entry, of name: String) {
        let former = ledger.databases[name]
        guard entry != former else { return }
        ledger.databases[name] = entry
        write()
        guard let end = entry.ended, end != former?.ended else { return }
        logger.error(
            "database ended", metadata: ["database": "\(name)", "clean": "\(end.isClean)", "cause": "\(end.cause)"])
        tell.yield((name, end))
    }

    private func write() {
        do throws(InstallError) {
            _ = try durable.write(ledger.bytes, to: path, mode: 0o600)
        } catch {
            logger.error("ledger of databases not written", metadata: ["cause": "\(error)"])
        }
    }

    private func arm(_ name: String, _ call: DatabaseCall) {
        guard let entry = ledger.databases[name], entry.isUp, let process = entry.process else {
            armed[name] = nil
            return
        }
        calls[name] = call.bare
        guard armed[name]?.process != process else { return }
        let exit = exit
        armed[name] = ProcessExit(of: process) { exit.yield(name) }
        // It ended before it could be watched.
        if armed[name] == nil { logger.warning("server not watched", metadata: ["database": "\(name)"]) }
    }
}
