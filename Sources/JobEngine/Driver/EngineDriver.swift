import Access
import Logging
import Synchronization
import Waiting

/// Carries one term of office: takes what happens, appends what the state records of it, and does what it says.
///
/// One batch is on its way to the log at a time; what arrives meanwhile is the next one. Nobody is told of anything, and
/// nothing is done, before the append that records it came back.
actor EngineDriver {
    /// Something that happened, with who is told what came of it.
    struct Entry: Sendable {
        var input: Input
        /// The work of the jobs that are submitted, in their order.
        var work: [JobWork] = []
        var reply: Waiter<Reply>?
    }

    /// What became of an input somebody waits for.
    enum Reply: Sendable {
        case done(Answer)
        /// An earlier request with the same idempotency key made this job.
        case repeated(JobID)
        case refused(JobError)
        /// The term is over; certainly nothing was taken.
        case deposed
    }

    nonisolated let environment: EngineEnvironment
    /// The one the term lies in, whatever the environment has by now.
    nonisolated let store: any Store
    /// The entry that began the term.
    nonisolated let beginning: LogPosition
    /// That of the log.
    nonisolated var unownedExecutor: UnownedSerialExecutor { store.thread.asUnownedSerialExecutor() }
    /// Has the tasks that work beside the driver.
    nonisolated let tasks: TaskRegistry
    /// Answered once the term is over.
    nonisolated let isEnded = Waiter<Void>()
    /// Answered once the term is over and nothing of it is on its way to the log.
    nonisolated let isSettled = Waiter<Void>()
    /// Those who wait for nodes that are away; `false` when the term is over.
    nonisolated let returns = Waiters<Int, Bool>()
    /// What happens, until it is taken with the next batch.
    nonisolated let inbox = Inbox()
    /// Whether an append needs other nodes.
    private nonisolated let appendsMayHang: Bool
    var state: EngineState
    var position: LogPosition
    /// What happened and could not be recorded: it is tried again with whatever comes next, or after a pause.
    var unrecorded: [Entry] = []
    var retryAt: Duration?
    private var alarm: (due: Duration, alarm: AlarmClock.Alarm)?
    /// Carries batches as long as the term lasts.
    private var server: Task<Void, Never>?
    /// Jobs that ended, until the log has them.
    var ended: [JobRecord] = []
    /// Until the configuration is settled, installing it is part of the start.
    var isStarting = true
    var hasToInstall = false
    private(set) var isOver = false
    /// Whether the term ends with the batch on its way.
    private var isDeposed = false
    /// Answered when that batch is recorded.
    private var leaving: Waiter<Void>?
    /// The batch that is recorded.
    private var present: [Entry] = []
    /// Whether the changes that get their turn by the next batch may be decided in the same append.
    private var decidesEarly = true

    init(
        _ environment: EngineEnvironment, _ state: EngineState, at position: LogPosition, tasks: TaskRegistry
    ) {
        self.environment = environment
        self.state = state
        self.position = position
        self.tasks = tasks
        store = environment.store
        appendsMayHang = environment.cluster.status.isElected
        beginning = position
    }

    // MARK: What happens

    /// Takes something that happened.
    nonisolated func tell(_ input: Input) { inbox.append(Entry(input: input)) }

    /// Takes what somebody asks for, and returns what came of it once that is in the log.
    nonisolated func ask(_ input: Input, _ work: [JobWork] = []) async -> Reply {
        let reply = Waiter<Reply>()
        if inbox.appendCarrying(Entry(input: input, work: work, reply: reply)) {
            if appendsMayHang, carryBeside() { return await reply.answer() }
            // On the thread of the log all the way: the caller's own is free meanwhile.
            await withTaskExecutorPreference(store.thread.tasks) { await carryNext() }
            inbox.endCarrying()
        }
        return await reply.answer()
    }

    /// An append to the log of several nodes may take long: whoever asked is answered before it comes back.
    private nonisolated func carryBeside() -> Bool {
        tasks.start(on: store.thread.tasks) { [self] in
            await carryNext()
            inbox.endCarrying()
        }
    }

    /// Carries what there is, in place of who carries batches as long as the term lasts.
    private func carryNext() async {
        await carry(batch(with: inbox.take()))
        // Whoever carries as long as the term lasts ends it, and may have heard nothing of that.
        if state.isDraining { inbox.wake() }
    }

    private func batch(with told: [Entry]) -> [Entry] {
        defer { (unrecorded, retryAt) = ([], nil) }
        return unrecorded + told
    }

    /// Begins to carry batches.
    func begin() {
        // Owned by `server`: it ends with the term.
        server = Task(executorPreference: store.thread.tasks) {
            while let batch = await self.nextBatch() { await self.carry(batch) }
        }
    }

    private func nextBatch() async -> [Entry]? {
        while !isOver {
            let isDue = retryAt.map { $0 <= environment.time.monotonic } ?? false
            let told = inbox.take()
            if !told.isEmpty || isDue { return batch(with: told) }
            if state.isDraining, !inbox.awaitsWork() {
                end()
                break
            }
            await inbox.news()
        }
        return nil
    }

    // MARK: Batches

    /// Carries a batch; a term that is to end ends with it.
    private func carry(_ batch: [Entry]) async {
        // The term may have ended since the batch was taken out.
        if isOver { return answer(batch, over) }
        present = batch
        await record(batch)
        present = []
        leaving?.resume(returning: ())
        if isDeposed { end() }
        if isOver { isSettled.resume(returning: ()) }
    }

    /// Records what a batch comes to, and does it.
    ///
    /// - Parameter isRest: It is what needs no record of a batch that found no room.
    private func record(_ batch: [Entry], isRest: Bool = false) async {
        let before = state
        let submissions = batch.compactMap { if case .submitted(let jobs, _) = $0.input { jobs } else { nil } }
        var keys = await IdempotencyKeys(submissions, in: store)
        var work = Work()
        var replies: [(reply: Waiter<Reply>?, answer: Reply)] = []
        for entry in batch {
            if case .submitted(let jobs, _) = entry.input, let known = Self.known(jobs, keys) {
                replies.append((entry.reply, known))
            } else {
                process(entry, &keys, into: &work)
            }
        }
        let finding = decidesEarly ? await earlyFinding(&work) : nil
        decidesEarly = true
        if let finding { process(Entry(input: finding), &keys, into: &work) }
        let outcome = await append(work, of: batch)
        // What is in the log is followed like what others decided.
        if isOver { return answer(batch, outcome.isDeposed ? over : .refused(.unsettled)) }
        switch outcome {
        case .done:
            for (effect, reply) in work.effects { perform(effect, reply) }
            // The job of a request that was repeated within the batch is to be found by now.
            for (reply, answer) in replies { reply?.resume(returning: answer) }
            // Whoever waits for nothing but the append.
            for entry in batch { entry.reply?.resume(returning: .done(.jobs([]))) }
            setAlarm()
            logEnds()
        case .refused(let error):
            state = before
            // What happened is tried again without what was decided by it: that alone may be what is refused.
            state.numbers.isLogFull = error.code == .outOfSpace
            let (free, bound) = state.numbers.isLogFull && !isRest ? apart(batch) : ([], batch)
            refuse(bound, error)
            decidesEarly = false
            if !free.isEmpty { isOver ? answer(free, over) : await record(free, isRest: true) }
            decidesEarly = finding == nil
        case .deposed: end(batch)
        }
    }

    /// What a batch comes to.
    struct Work {
        var records: [LogRecord] = []
        var audit: [AuditEvent] = []
        var effects: [(effect: Effect, reply: Waiter<Reply>?)] = []
    }

    private func process(_ entry: Entry, _ keys: inout IdempotencyKeys, into work: inout Work) {
        let owed = state.keptUndos.all
        let step = state.process(entry.input, at: environment.moment)
        work.records += step.records
        work.effects += step.effects.map { ($0, entry.reply) }
        work.audit += note(entry, after: step, in: &keys)
        guard !owed.isEmpty else { return }
        let left = Set(state.keptUndos.all.map(\.key))
        work.audit += audit(entry.input, of: owed.filter { !left.contains($0.key) })
    }

    /// What comes of the changes that got their turn, when that is found out in a moment: their decision saves an append.
    /// Else it comes as an input of its own.
    private func earlyFinding(_ work: inout Work) async -> Input? {
        let index = work.effects.lastIndex {
            if case .examine(_, _, isChange: true) = $0.effect { true } else { false }
        }
        let isPatient = environment.settings.decisionPatience > .zero
        // Work beside the driver begins when the start is over.
        guard isPatient, !isStarting, let index, case .examine(let jobs, let token, _) = work.effects[index].effect,
            jobs.allSatisfy({ state.queue[$0]?.traits.isPureChange == true })
        else { return nil }
        work.effects.remove(at: index)
        let finding = Waiter<Input?>()
        // The batch waits for a few of them in any case, so that this thread has nothing else to do.
        let thread = jobs.count <= Self.fewChanges ? store.thread.tasks : nil
        examine(jobs, token, isChange: true, on: thread) { [self] input in
            if !finding.resume(returning: input) { tell(input) }
        }
        return await answer(of: finding, atMost: environment.settings.decisionPatience)
    }

    /// What is found, `nil` when it takes too long.
    private func answer(of finding: Waiter<Input?>, atMost patience: Duration) async -> Input? {
        let due = environment.time.monotonic + patience
        let alarm = Mutex<AlarmClock.Alarm?>(nil)
        // Behind the work, when it is done on this thread: what is found at once needs no alarm.
        store.thread.run { [alarms = environment.alarms] in
            if finding.isAnswered { return }
            alarm.withLock { $0 = alarms.set(at: due) { finding.resume(returning: nil) } }
        }
        let answer = await finding.answer()
        if let alarm = alarm.withLock({ $0 }) { environment.alarms.clear(alarm) }
        return answer
    }

    /// So many changes at most are examined on the thread of the driver.
    private static let fewChanges = 4

    private static func known(_ submissions: [Submission], _ keys: IdempotencyKeys) -> Reply? {
        do throws(JobError) {
            return try keys.earlier(submissions).map(Reply.repeated)
        } catch {
            return .refused(error)
        }
    }

    /// Takes the work of jobs that have their numbers now, and the plans of those that were accepted.
    ///
    /// - Returns: What the audit log is to say.
    private func note(_ entry: Entry, after step: Step, in keys: inout IdempotencyKeys) -> [AuditEvent] {
        switch entry.input {
        case .submitted(let submissions, _):
            guard let jobs = step.effects.lazy.compactMap(\.jobsTaken).first, let first = jobs.first else { return [] }
            keys.take(submissions, as: first.id)
            for (job, work) in zip(jobs, entry.work) { environment.work.insert(work, for: job.id) }
            return zip(jobs, submissions).compactMap { $1.audit?.adding(["job_id": $0.id.description]) }
        case .examined(let examination):
            for (id, work) in examination.work
            where state.queue[id].map({ $0.examination == examination.token }) ?? true {
                environment.work.update(id) { $0 = work.standing(at: $0.pipeline) }
            }
        default: break
        }
        return []
    }

    // MARK: The end of the term

    /// Ends the term: whoever waits for something is told so.
    func end(_ batch: [Entry] = []) {
        guard !isOver else { return }
        isOver = true
        answer(batch + unrecorded + inbox.close(over), over)
        (unrecorded, retryAt) = ([], nil)
        setAlarm()
        isEnded.resume(returning: ())
        returns.resumeAll(returning: false)
        if present.isEmpty { isSettled.resume(returning: ()) }
    }

    /// What whoever is not heard any more is told.
    private var over: Reply { state.isDraining ? .refused(.stopping) : .deposed }

    private func answer(_ entries: [Entry], _ reply: Reply) {
        for entry in entries { entry.reply?.resume(returning: reply) }
    }

    /// Ends the term because this node does not decide any more: after the batch on its way, within a second in any case.
    func depose() {
        if isOver || isDeposed { return }
        isDeposed = true
        guard !present.isEmpty else { return end() }
        let last = Waiter<Void>()
        leaving = last
        tasks.start { [self] in
            let (time, due) = (environment.time, environment.time.monotonic + Self.patience)
            await last.answer(or: { await time.sleep(until: due) })
            await endUnsettled()
        }
    }

    /// Ends the term although nobody knows what became of the batch on its way.
    private func endUnsettled() {
        if isOver { return }
        answer(present, .refused(.unsettled))
        end()
    }

    /// So long whoever waits for a batch waits for it when the term is to end.
    private static let patience = Duration.seconds(1)

    // MARK: Time

    /// Sleeps until the deadline that is next now.
    func setAlarm() {
        let due = [state.isDraining ? nil : state.deadlines.next, retryAt].compactMap(\.self).min()
        guard !isOver, let due else {
            if let alarm { environment.alarms.clear(alarm.alarm) }
            alarm = nil
            return
        }
        // One that is due has rung.
        if let alarm, alarm.due == due, due > environment.time.monotonic { return }
        if let alarm { environment.alarms.clear(alarm.alarm) }
        alarm = (due, environment.alarms.set(at: due) { [weak self] in self?.tell(.due) })
    }

    // MARK: Work beside the driver

    /// Has work done beside the driver; the term does not end in order before it is done.
    ///
    /// - Parameter executor: Whose threads it runs on; `nil` for those everybody shares.
    nonisolated func start(on executor: (any TaskExecutor)? = nil, _ work: @escaping @Sendable () async -> Void) {
        inbox.beginWork()
        tasks.start(on: executor) { [inbox] in
            await work()
            inbox.endWork()
        }
    }
}
