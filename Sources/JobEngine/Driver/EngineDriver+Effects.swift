import Access
import EXAConf
import Logging
import Synchronization
import Values
import Waiting

/// What happens once a batch is in the log.
extension EngineDriver {
    func perform(_ effect: Effect, _ reply: Waiter<Reply>?) {
        switch effect {
        case .answer(.refused(let error)): reply?.resume(returning: .refused(error))
        case .answer(let answer): reply?.resume(returning: .done(answer))
        case .changed(let pipeline, let facts):
            environment.work.update(pipeline.record.id) { $0.pipeline = pipeline }
            publish(facts, of: pipeline.record)
        case .shown(let record, let facts):
            environment.work.update(record.id) { $0.pipeline?.show(record) }
            publish(facts, of: record)
        case .ended(let record, let facts): leave(record, facts)
        case .published(let configuration): environment.shared.published.withLock { $0 = configuration }
        case .told(let facts): environment.events.publish(facts)
        case .examine(let jobs, let token, let isChange): examine(jobs, token, isChange: isChange) { self.tell($0) }
        case .run(let id, let step): run(step, of: id, isUndo: false)
        case .undo(let id, let step): run(step, of: id, isUndo: true)
        case .owing(let nodes):
            for node in environment.owe(nodes) { returns.resume(node, returning: false) }
        case .handOver(let undo): handOver(undo)
        case .stop(let id): environment.commands.stop(id)
        case .conclude(let id): conclude(id)
        case .install: install()
        case .lookUp(let dependency, let id): lookUp(dependency, of: id)
        }
    }

    /// Tells something of a job; one that leaves no history leaves no events either.
    private func publish(_ facts: [Event.Fact], of record: JobRecord) {
        if !record.scheduling.isVolatile, !facts.isEmpty { environment.events.publish(facts) }
        environment.changes.resume(record.id, returning: ())
    }

    private func leave(_ record: JobRecord, _ facts: [Event.Fact]) {
        // Whoever looks finds it in one of the two.
        let told = environment.work[record.id]?.told
        environment.shared.recent.withLock { $0.insert(record, told: told) }
        environment.work.remove(record.id)
        environment.commands.forget(record.id)
        if !record.scheduling.isVolatile { environment.history.add(record) }
        publish(facts, of: record)
        environment.ends.resume(record.id, returning: ())
        ended.append(record)
    }

    /// Writes the ends of jobs to the log, once whoever waits for them was told.
    func logEnds() {
        for record in ended {
            environment.logger.notice(
                "job ended",
                metadata: [
                    "job.id": "\(record.id)", "job.type": "\(record.type)",
                    "outcome": "\(record.outcome?.rawValue ?? "")",
                    "principal": "\(record.requester.name)",
                ])
        }
        ended.removeAll(keepingCapacity: true)
    }

    // MARK: Examination

    /// Finds out what jobs will do, and has that told.
    func examine(
        _ jobs: [JobID], _ token: Int, isChange: Bool, on executor: (any TaskExecutor)? = nil,
        tell: @escaping @Sendable (Input) -> Void
    ) {
        let (head, environment) = (state.head, environment)
        let records = jobs.compactMap { state.queue[$0]?.record }
        start(on: executor) { [self] in
            if isChange, await adoptEdit(token, on: head) { return }
            if isChange, await adoptFormat(token, on: head) { return }
            if isChange, let finding = await ConfigurationFile(environment).news(beside: head) {
                return tell(.fileExamined(token: token, finding))
            }
            let examiner = JobExaminer(environment)
            tell(
                .examined(await examiner.examination(of: records, on: head, token: token, isChange: isChange)))
        }
    }

    /// Takes the next edit of another node that can become a revision; it has the turn of changes.
    ///
    /// - Returns: Whether there was one, so that the jobs of the turn wait for the next one.
    private nonisolated func adoptEdit(_ token: Int, on head: PublishedConfiguration) async -> Bool {
        while let edit = environment.edits.next() {
            do throws(JobError) {
                let revision = try ConfigurationFile(environment).revision(of: edit, after: head)
                switch await ask(.fileExamined(token: token, .adopted(revision))) {
                case .done, .repeated: edit.answer.resume(returning: .success(revision.record.number))
                case .refused(let error): edit.answer.resume(returning: .failure(error))
                case .deposed: edit.answer.resume(returning: .failure(.noTerm))
                }
                // Others may wait behind it.
                tell(.fileTouched)
                return true
            } catch {
                edit.answer.resume(returning: .failure(error))
            }
        }
        return false
    }

    /// Brings the configuration to the format that is allowed by now, when somebody said that it is another one; it has the turn
    /// of changes.
    ///
    /// - Returns: Whether there was anything to be done, so that the jobs of the turn wait for the next one.
    private nonisolated func adoptFormat(_ token: Int, on head: PublishedConfiguration) async -> Bool {
        let isWanted = environment.shared.looksAtFormat.withLock { isWanted in
            defer { isWanted = false }
            return isWanted
        }
        guard isWanted else { return false }
        do throws(JobError) {
            guard let upgrade = try await ConfigurationFile(environment).upgrade(of: head) else { return false }
            // What the log does not take now is done at the beginning of the next term.
            if case .refused(let error) = await ask(.fileExamined(token: token, .adopted(upgrade))) { throw error }
            tell(.fileTouched)
            return true
        } catch {
            environment.logger.warning("the format of the configuration is as before", metadata: ["cause": "\(error)"])
            return false
        }
    }

    /// Settles the result, and the revision of a job that has one.
    private func conclude(_ id: JobID) {
        let (head, environment) = (state.head, environment)
        start { [self] in
            tell(.concluded(id, await JobExaminer(environment).conclusion(of: id, on: head)))
        }
    }

    // MARK: Commands

    private func run(_ index: Int, of id: JobID, isUndo: Bool) {
        guard let work = environment.work[id], let commands = work.pipeline?.record.commands,
            commands.indices.contains(index)
        else { return }
        guard let command = isUndo ? work.definition.undo(of: commands[index]) : work.command(index) else {
            if isUndo { return tell(.undone(id, step: index, .failed(code: 1, message: "Nothing takes it back."))) }
            return
        }
        if !isUndo, let expectation = work.plan?.expectation { return wait(for: expectation, index, of: id) }
        if isUndo, environment.cluster.status.isAway(command.node) {
            return tell(.undoPostponed(id, step: index))
        }
        let environment = environment
        start { [self] in
            let key = CommandTasks.Key(job: id, step: index, isUndo: isUndo)
            let log = RunningLog(of: command)
            let report: @Sendable (CommandReport) -> Void = { told in self.take(told, from: key, into: log) }
            var outcome = CommandOutcome.refused(.noTerm)
            repeat {
                outcome = await environment.commands.outcome(of: key) {
                    await environment.runner.run(command, job: id, step: index, report: report)
                }
            } while isUndo ? await isAskedAgain(key, after: outcome) : false
            if case .timedOut = outcome, let answer = command.answerIfSilent { outcome = .ok(answer) }
            // A term that found the command under way has heard nothing of what it said before.
            if !log.lines.lines.isEmpty { tell(.logged(id, step: index, log.lines, isUndo: isUndo)) }
            if isUndo { return tell(undone(outcome, index, of: id, on: command.node)) }
            tell(.commandEnded(id, step: index, environment.work.keepingSecrets(of: outcome, at: index, of: id)))
        }
    }

    /// What came of an undo. One of a node that went away meanwhile is run, or looked at, when that is back: the node knows.
    private nonisolated func undone(_ outcome: CommandOutcome, _ index: Int, of id: JobID, on node: Int) -> Input {
        if outcome.isDone { return .undone(id, step: index, outcome) }
        return environment.cluster.status.isAway(node)
            ? .undoPostponed(id, step: index) : .undone(id, step: index, outcome)
    }

    /// Waits for a state of the cluster in place of a command.
    private func wait(for expectation: Expectation, _ index: Int, of id: JobID) {
        // The job is taken up at the next start.
        if state.isDraining { return }
        let wait = ClusterWait(expectation, of: id, environment) { self.tell(.awaits(id, step: index, $0)) }
        start { [self] in
            let key = CommandTasks.Key(job: id, step: index, isUndo: false, isWait: true)
            let outcome = await environment.commands.outcome(ofWait: key) { await wait.outcome() }
            tell(.commandEnded(id, step: index, outcome))
        }
    }

    /// Takes what a command says of itself, whichever thread it says it on.
    private nonisolated func take(_ told: CommandReport, from key: CommandTasks.Key, into log: RunningLog) {
        switch told {
        case .progress(let progress): inbox.append(.progress(progress), from: key)
        case .line(let text):
            guard log.append(text, at: environment.now) else { return }
            inbox.append(.log(log), from: key)
        }
    }

    // MARK: Revisions

    /// Brings the head to this node.
    private func install() {
        if isStarting {
            hasToInstall = true
        } else {
            let head = state.head
            start(on: environment.runner.thread?.tasks) { [self] in await install(head) }
        }
    }

    /// Brings a head to this node: the file, then everything that follows the configuration.
    private nonisolated func install(_ head: PublishedConfiguration) async {
        do throws(InstallError) {
            // Somebody else decided a later one: the term is over.
            guard let nodes = try await environment.installer.install(head) else { return }
            await environment.reconcilers.follow(head.decided)
            environment.tellMaster()
            let status = environment.cluster.status
            let standings = status.isElected ? nodes.standings(in: status, head) : nodes
            _ = await ask(.installed(revision: head.revision, standings))
        } catch {
            environment.logger.error(
                "revision could not be installed", metadata: ["revision": "\(head.revision)", "cause": "\(error)"])
            // It is in force all the same: whoever lost a right has lost it.
            await environment.reconcilers.ensure(head.decided)
            _ = await ask(.installFailed)
        }
    }

    // MARK: The start of a term

    /// Follows the file as it is found, before any job is taken.
    ///
    /// - Throws: ``JobError`` when the log refuses.
    func follow(_ finding: FileFinding) async throws(JobError) {
        switch await ask(.fileExamined(token: nil, finding)) {
        case .refused(let error): throw error
        case .deposed: throw JobError(.noMaster, "Another term of office began meanwhile.")
        case .done, .repeated: await installPending()
        }
    }

    /// Brings the head to this node, if that is to be done.
    func installPending() async {
        while hasToInstall {
            hasToInstall = false
            await install(state.head)
        }
    }

    /// Lets jobs begin.
    func finishStart() {
        isStarting = false
        if hasToInstall { install() }
    }

    private func lookUp(_ dependency: JobID, of id: JobID) {
        let environment = environment
        start { [self] in
            do throws(JobError) {
                let outcome = try await environment.known(dependency)?.outcome
                tell(.dependencyEnded(dependency, outcome, of: id))
            } catch {
                tell(.dependencyUnknown(of: id))
            }
        }
    }
}
