import Access
import EXAConf
import Logging

/// The configuration file of this node, beside the revision that was decided last.
struct ConfigurationFile: Sendable {
    private let environment: EngineEnvironment

    init(_ environment: EngineEnvironment) {
        self.environment = environment
    }

    /// What the file means when it was touched since it was read last.
    ///
    /// - Returns: `nil` also for a file that is refused as before: one that cannot be read is touched each time.
    func news(beside head: PublishedConfiguration) async -> FileFinding? {
        guard await environment.runner.configurationWasTouched() else { return nil }
        let finding = await finding(beside: head)
        if case .refused(let error) = finding, error == head.obstacle { return nil }
        return finding
    }

    /// What the file means now.
    @concurrent
    func finding(beside head: PublishedConfiguration) async -> FileFinding {
        let verdict = await verdict(beside: head.revision > 0 ? head.record : nil)
        switch verdict {
        case .same: return .same
        case .reinstall:
            environment.logger.warning("configuration file replaced by the decided revision")
            return .behind
        case .adopt(let document, let reason):
            do throws(JobError) {
                return .adopted(try await adoption(of: document, reason, after: head))
            } catch {
                return refused(error, head)
            }
        case .conflict(let error):
            // What replaces it would take it for one that was followed.
            if error != head.obstacle { await environment.runner.keepEdit() }
            return refused(error, head)
        case .unsaid(let error), .unusable(let error): return refused(error, head)
        }
    }

    func refused(_ error: JobError, _ head: PublishedConfiguration) -> FileFinding {
        // A file that cannot be read is looked at again and again; the log has each refusal once.
        if head.obstacle?.message != error.message {
            environment.logger.warning("configuration file refused", metadata: ["cause": "\(error)"])
        }
        return .refused(error)
    }

    /// What the file means when a daemon starts.
    ///
    /// - Throws: ``JobError`` when there is neither a file nor a revision that can be used.
    func finding(atStartWith head: PublishedConfiguration) async throws(JobError) -> FileFinding {
        let finding = await finding(beside: head)
        if case .refused(let error) = finding, head.revision == 0 { throw error }
        return finding
    }

    private func verdict(beside head: RevisionRecord?) async -> ConfigurationFileState {
        do throws(JobError) {
            return ConfigurationFileState(
                file: try await bytes(), head: head, isElected: environment.cluster.status.isElected)
        } catch {
            return .unusable(error)
        }
    }

    /// What it holds, `nil` when there is none.
    func bytes() async throws(JobError) -> [UInt8]? {
        do throws(InstallError) {
            return try await environment.runner.readConfiguration()
        } catch {
            throw JobError(.configurationModified, error.description)
        }
    }

    /// The revision of a configuration no job made: an edit by hand, the first file, an upgrade.
    func adoption(
        of document: Document, _ reason: String, after head: PublishedConfiguration
    ) async throws(JobError) -> SettledRevision {
        if environment.cluster.status.isElected { return settled(document, reason, after: head) }
        var (adopted, wasChanged) = document.committed(as: max(document.revision, head.revision) + 1)
        if document.checksumState == .none, head.revision == 0 {
            // The first file of a node keeps its number and its bytes; the first change fills the checksum in.
            (adopted, wasChanged) = (document, false)
        }
        let number = wasChanged ? adopted.revision : max(adopted.revision, head.revision == 0 ? 0 : head.revision + 1)
        let text =
            try await wasChanged ? adopted.text : bytes().map { String(decoding: $0, as: UTF8.self) } ?? adopted.text
        return settled(adopted, number: number, text: text, reason: reason, after: head)
    }

    /// The same in a cluster, where no number is left out.
    func settled(
        _ document: Document, _ reason: String, after head: PublishedConfiguration
    ) -> SettledRevision {
        let number = head.revision + 1
        let draft = DraftRevision(document, number: number, forced: true)
        return settled(
            draft?.document ?? document, number: number, text: draft?.text ?? document.text, reason: reason, after: head
        )
    }

    private func settled(
        _ adopted: Document, number: Int, text: String, reason: String, after head: PublishedConfiguration
    ) -> SettledRevision {
        let record = RevisionRecord(
            number: number, text: text, sha256: DraftRevision.digest(text),
            checksum: adopted.value("Checksum", in: .global) ?? "", user: Principal.rootName, reason: reason,
            at: environment.now)
        environment.logger.notice(
            "configuration adopted", metadata: ["revision": "\(number)", "reason": "\(reason)"])
        return SettledRevision(adopted, record, after: head.document)
    }

    /// A file of an older generation brought up to date, as far as the level of the cluster's log allows it, and one without a
    /// token with its token; `nil` when nothing has to be done.
    func upgrade(of head: PublishedConfiguration) async throws(JobError) -> SettledRevision? {
        guard head.obstacle == nil else { return nil }
        let target = environment.settings.formats.version(at: environment.cluster.status.level)
        let upgraded = try Self.upgraded(head.document, to: target, environment.random)
        if upgraded == head.document { return nil }
        return try await adoption(of: upgraded, "brought to the present format", after: head)
    }

    private static func upgraded(
        _ document: Document, to target: Version?, _ random: RandomSource
    ) throws(JobError) -> Document {
        var random = random
        do throws(EXAConfError) {
            // The steps end there, and a file of a later 8.x is one we read: raising its version would only shut out the
            // cluster software beside us.
            guard let last = target, let newest = Version("9.0.0"), let present = document.global.confVersion
            else { return try document.withToken(using: &random) }
            if present < last || present >= newest {
                return try document.upgraded(to: last, using: &random).withToken(using: &random)
            }
            return try document.withToken(using: &random)
        } catch {
            throw JobError(.configurationModified, "EXAConf: \(error.message)")
        }
    }
}
