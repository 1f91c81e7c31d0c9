import Glibc
import Posix
import Waiting

/// Does what ``EtcdSupervision`` says to the process of a member: one thing after the other, on a thread of its own.
actor EtcdLauncher {
    private nonisolated let thread = SerialThread(name: "etcd-process")
    private let plan: EtcdMemberPlan
    private let folder: EtcdFolder
    private let log: EtcdLog
    private let program: String
    private let accountName: String
    /// Nobody else starts one as long as it is held.
    private var lock: Descriptor?
    private var begun: Begun?
    /// Where the log was when a run began.
    private var logPlace: (run: EtcdRun, place: Int)?

    /// A member that began with nothing, until it is known to have begun.
    private struct Begun {
        let run: EtcdRun
        let dataChanged: [Int]?
    }

    /// Files and processes block this thread, and nobody else.
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    init(_ plan: EtcdMemberPlan, in folder: EtcdFolder, program: String, account: String) {
        (self.plan, self.folder, self.program, accountName) = (plan, folder, program, account)
        log = EtcdLog(path: folder.log)
    }

    /// Puts certificate files where etcd finds them; one that runs takes them at the next handshake.
    func install(_ tls: EtcdTLS) throws(EtcdRefusal) {
        let account = try EtcdAccount(named: accountName)
        try folder.prepare(for: account)
        try folder.install(tls, for: account)
    }

    /// The run of this member there is. When there is none, nobody else can start one until this did, or is gone.
    func look() throws(EtcdRefusal) -> EtcdRun? {
        let account = try EtcdAccount(named: accountName)
        try folder.prepare(for: account)
        lock = nil
        if let lock = try folder.takeLock() {
            self.lock = lock
            return nil
        }
        let claim = EtcdClaim(
            program: realPath(of: program) ?? program, user: account.user, identity: plan.identity, data: folder.data)
        if let run = try folder.lastRun(), let facts = ProcessFacts(of: run.id), facts.run == run, claim.covers(facts) {
            return run
        }
        // The daemon was killed before it could write down whom it started.
        for facts in ProcessFacts.all() where claim.covers(facts) {
            try folder.write(facts.run)
            return facts.run
        }
        throw .lockedByStranger(lock: folder.lock)
    }

    /// Starts the member.
    func start() throws(EtcdRefusal) -> EtcdRun {
        guard let lock else { throw .lockedByStranger(lock: folder.lock) }
        // What is not started holds nobody else up.
        defer { self.lock = nil }
        let account = try EtcdAccount(named: accountName)
        let path = try guardedProgram()
        let version = try version(of: path, as: account)
        try folder.requireTLS()
        let former = try folder.record()
        let beginning = try EtcdBeginning.decide(
            plan.identity, admitted: plan.member, record: former, hasData: folder.hasData(), version: version,
            folder: folder.data)
        if beginning == .anew {
            try folder.removeData()
            try folder.prepare(for: account)
        }
        let changed = folder.dataChanged()
        let member = plan.member ?? (beginning == .again ? former?.member : nil)
        let record = EtcdFolderRecord(plan.identity, version: version, member: member)
        if record != former { try folder.write(record) }
        let line = EtcdCommandLine(plan, version: version, data: folder.data, tls: folder.tls)
        do throws(SystemFault) {
            try log.cut()
            let place = log.length
            let id = try EtcdSpawn.start(
                account.command(path, line.arguments), output: log.open(), held: lock)
            let run = ProcessFacts.run(id) ?? EtcdRun(id: id, startedTicks: 0)
            logPlace = (run, place)
            begun = beginning != .again ? Begun(run: run, dataChanged: changed) : nil
            try? folder.write(run)
            return run
        } catch {
            if beginning != .again { folder.remove(EtcdFolder.recordFile) }
            throw .unusable(path: path, cause: "\(error)")
        }
    }

    /// How a run ended; it has.
    func end(of run: EtcdRun) -> EtcdEnd {
        var status: Int32 = 0
        let waited = waitpid(run.id, &status, WNOHANG) == run.id ? status : nil
        let place = logPlace.flatMap { $0.run == run ? $0.place : nil } ?? 0
        folder.remove(EtcdFolder.processFile)
        // One that never wrote anything, as its port was taken, may begin as the same member again.
        if let begun, begun.run == run, begun.dataChanged != nil, begun.dataChanged == folder.dataChanged() {
            folder.remove(EtcdFolder.recordFile)
        }
        begun = nil
        return EtcdEnd(waited: waited, log: log.end(since: place))
    }

    /// Sends a signal to a run, and to nothing else.
    func signal(_ run: EtcdRun, _ number: Int32) throws(SystemFault) { try EtcdHold.take(run)?.signal(number) }

    /// Keeps the log within its bounds.
    func cutLog() throws(SystemFault) { try log.cut() }

    private func guardedProgram() throws(EtcdRefusal) -> String {
        guard let path = realPath(of: program), Path.isExecutable(path) else { throw .notInstalled(path: program) }
        do throws(GuardedFile.Fault) {
            try GuardedFile.require(program)
        } catch {
            throw .programUnsafe(error.description)
        }
        return path
    }

    private func version(of path: String, as account: EtcdAccount) throws(EtcdRefusal) -> EtcdVersion {
        let said: [UInt8]
        do throws(SystemFault) {
            said = try EtcdSpawn.output(of: account.command(path, ["--version"]))
        } catch {
            throw .unusable(path: path, cause: "\(error)")
        }
        let text = String(decoding: said, as: UTF8.self)
        guard let version = EtcdVersion(reading: text), version.isSupported else {
            throw .unsupported(path: path, told: String(text.prefix { !$0.isNewline }.prefix(100)))
        }
        return version
    }

    private func realPath(of path: String) -> String? {
        guard let text = realpath(path, nil) else { return nil }
        defer { free(text) }
        return String(cString: text)
    }
}
