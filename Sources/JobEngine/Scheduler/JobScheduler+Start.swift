import Access
import EXAConf
import Logging
import Synchronization

extension JobScheduler {
    /// Reads store and file, settles which configuration counts, and takes up the jobs that had not ended.
    ///
    /// - Throws: ``JobError`` when the store cannot be opened, or there is no configuration that can be used; its message
    ///   names the place and the cure, and the file is as it was.
    package func start() async throws(JobError) {
        let contents: StoreContents
        do throws(StoreError) {
            contents = try await store.open()
        } catch {
            throw JobError(.internal, "\(error)")
        }
        var known = PublishedConfiguration()
        known.suspendedNodes = contents.suspendedNodes
        if let head = contents.head { known = known.following(try StartingConfiguration.document(of: head), head) }
        publish(known)
        try await settleFile(atStartWith: contents.head)
        tellMaster()
        takeUp(contents.rules)
        await takeUp(contents.openJobs)
    }

    /// Follows the file as it is found; one that cannot be used stops the start only when there is no earlier revision to
    /// serve from.
    private func settleFile(atStartWith head: RevisionRecord?) async throws(JobError) {
        let verdict = await verdict(beside: head)
        switch verdict {
        case .unsaid(let error) where head == nil, .unusable(let error) where head == nil: throw error
        default: break
        }
        try await follow(verdict)
        try await upgrade()
    }

    private func verdict(beside head: RevisionRecord?) async -> FileVerdict {
        do throws(JobError) {
            return FileVerdict(file: try await file(), head: head)
        } catch {
            return .unusable(error)
        }
    }

    private func file() async throws(JobError) -> [UInt8]? {
        do throws(InstallError) {
            return try await runner.readConfiguration()
        } catch {
            throw JobError(.configurationModified, error.description)
        }
    }

    /// Looks at the file if it was touched since; called by the lane alone, which owns the configuration.
    func adoptTouchedFile() async {
        guard await runner.configurationWasTouched() else { return }
        do throws(JobError) {
            try await follow(await verdict(beside: configuration.record))
        } catch {
            logger.error("configuration file could not be adopted", metadata: ["cause": "\(error)"])
            refuseChanges(error)
        }
    }

    private func follow(_ verdict: FileVerdict) async throws(JobError) {
        switch verdict {
        case .same: allowChanges()
        case .reinstall:
            logger.warning("configuration file replaced by the decided revision")
            allowChanges()
            _ = await installHead()
        case .adopt(let document, let reason): try await adopt(document, reason)
        case .unsaid(let error), .unusable(let error):
            // A file that cannot be read is looked at again and again; the log has each refusal once.
            if configuration.obstacle?.message != error.message {
                logger.warning("configuration file refused", metadata: ["cause": "\(error)"])
            }
            refuseChanges(error)
        }
    }

    private func refuseChanges(_ error: JobError) {
        published.withLock { $0.obstacle = error }
    }

    private func allowChanges() {
        published.withLock { $0.obstacle = nil }
    }

    /// Makes a revision of a configuration no job made: an edit by hand, the first file, an upgrade.
    private func adopt(_ document: Document, _ reason: String) async throws(JobError) {
        let head = configuration
        var (adopted, wasChanged) = document.committed(as: max(document.revision, head.revision) + 1)
        if document.checksumState == .none, head.revision == 0 {
            // The first file of a node keeps its number and its bytes; the first change fills the checksum in.
            (adopted, wasChanged) = (document, false)
        }
        let number = wasChanged ? adopted.revision : max(adopted.revision, head.revision == 0 ? 0 : head.revision + 1)
        let text = try wasChanged ? adopted.text : await currentText() ?? adopted.text
        let record = RevisionRecord(
            number: number, text: text, sha256: DraftRevision.digest(text),
            checksum: adopted.value("Checksum", in: .global) ?? "", user: Principal.rootName, reason: reason, at: now)
        var write = StoreWrite()
        write.expectedHead = head.revision == 0 ? nil : head.revision
        write.revisions = [record]
        write.endedLogins = EndedLogins.between(head.document, adopted, by: record.user)
        let adoption = write
        try await asking { (store) throws(StoreError) in try await store.apply(adoption) }
        publish(head.following(adopted, record))
        tell([record])
        logger.notice("configuration adopted", metadata: ["revision": "\(number)", "reason": "\(reason)"])
        guard let installed = await installHead() else { return }
        var acknowledgement = StoreWrite()
        acknowledgement.acknowledgements = [number: installed.acknowledgements]
        let word = acknowledgement
        try await asking { (store) throws(StoreError) in try await store.apply(word) }
    }

    private func currentText() async throws(JobError) -> String? {
        try await file().map { String(decoding: $0, as: UTF8.self) }
    }

    /// Brings a file of an older generation up to date, and gives one without a token its token.
    private func upgrade() async throws(JobError) {
        guard configuration.obstacle == nil else { return }
        let document = configuration.document
        let upgraded = try Self.upgraded(document, random)
        if upgraded != document { try await adopt(upgraded, "brought to the present format") }
    }

    private static func upgraded(_ document: Document, _ random: RandomSource) throws(JobError) -> Document {
        var random = random
        do throws(EXAConfError) {
            // The steps end at 8.18.0, and a file of a later 8.x is one we read: raising its version would only shut out
            // the cluster software beside us.
            guard let last = Version("8.18.0"), let newest = Version("9.0.0"), let present = document.global.confVersion
            else { return try document.withToken(using: &random) }
            if present < last || present >= newest {
                return try document.upgraded(to: last, using: &random).withToken(using: &random)
            }
            return try document.withToken(using: &random)
        } catch {
            throw JobError(.configurationModified, "EXAConf: \(error.message)")
        }
    }

    /// Takes up the jobs that had not ended when the daemon stopped, in the order they came.
    private func takeUp(_ records: [JobRecord]) async {
        for record in records.sorted(by: { $0.id < $1.id }) {
            let definition = try? catalogue.definition(record.type)
            let arguments = Arguments(record.parameters)
            let changes = definition?.changesConfiguration(arguments) ?? (record.mode == .modify)
            let (pipeline, action) = Pipeline.resuming(
                record, changesConfiguration: changes, recovery: definition?.recovery, at: now)
            logger.notice("job taken up", metadata: ["job.id": "\(record.id)", "stage": "\(record.stage.rawValue)"])
            var job = LiveJob(
                pipeline: pipeline, definition: definition ?? .gone(record.type, mode: record.mode),
                arguments: arguments, durable: record)
            // One that cannot be read is missed when the job is examined.
            job.earlier = try? await earlier(job.definition, arguments)
            if action == .nothing, !record.isDone {
                _ = enter(job)
            } else {
                live[job.id] = job
                await carryOut(job.id, action)
            }
        }
    }
}

extension JobDefinition {
    /// Stands in for a definition that is no longer served, so that its last job can be brought to an end.
    fileprivate static func gone(_ name: String, mode: JobMode) -> JobDefinition {
        JobDefinition(
            name: name, noun: "", summary: "", mode: mode, permission: Permission(users: [], groups: []), result: "",
            work: .answer { (_) throws(JobError) in nil })
    }
}
