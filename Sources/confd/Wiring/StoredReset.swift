import Access
import EXAConf
import JobEngine
import Logging
import NodeAgent
import SQLiteStore
import Values

/// Changes a password where no daemon runs: a revision in the store, as a job would have made it, and the file.
///
/// The caller holds the installation's lock.
struct StoredReset {
    private let installation: Installation
    private let logger: Logger

    init(_ installation: Installation, _ logger: Logger) {
        self.installation = installation
        self.logger = logger
    }

    /// The number of the revision that has the new password; sessions and tokens of the user end with it.
    ///
    /// - Throws: ``Failure`` for a user there is not, for an edit that waits to become a revision, and when the store or the
    ///   file cannot be written.
    func reset(_ user: String, to password: Password) async throws(Failure) -> Int {
        let file = try Daemon.openStore(installation, logger)
        defer { try? file.close() }
        let store = SQLiteStore(file)
        let start = try installation.settled(beside: try await head(of: store))
        guard let head = start.head else {
            throw Failure(
                "EXAConf was edited, and the edit is no revision yet: start the daemon, which makes it one, and run "
                    + "this again.", .badData)
        }
        let draft = try draft(start.document, user: user, password: password, number: head.number + 1)
        let time = SystemTimeSource()
        let record = draft.record(
            job: nil, user: Principal.rootName, reason: "\(ResetPassword.reason) \(user)",
            at: Timestamp(milliseconds: Int(time.now)))
        var write = StoreWrite(revision: record, after: head)
        write.endedLogins = EndedLogins([user])
        do throws(StoreError) {
            try await store.apply(write)
        } catch {
            throw Failure("\(error)", .ioError)
        }
        await SQLiteAudit(file).record(
            AuditEvent(
                kind: .configuration, time: time.now, user: Principal.rootName, method: .internal,
                detail: record.reason, fields: ["revision": String(record.number), "interface": "internal"]))
        if let refusal = start.refusal {
            logger.warning("file left as it is", metadata: ["cause": "\(refusal.message)"])
        } else {
            try installation.write(record.text, to: installation.root.configuration, mode: 0o600)
        }
        return record.number
    }

    private func head(of store: SQLiteStore) async throws(Failure) -> RevisionRecord? {
        do throws(StoreError) {
            return try await store.open().head
        } catch {
            throw Failure("\(error)", .ioError)
        }
    }

    private func draft(
        _ document: Document, user: String, password: Password, number: Int
    ) throws(Failure) -> DraftRevision {
        guard document.user(named: user) != nil else {
            throw Failure("EXAConf has no user '\(user.echoed)'. Accounts of the system: 'passwd'.", .noUser)
        }
        var edited = document
        do throws(EXAConfError) {
            try edited.modifyUser(user, UserSettings(passwordHash: ShadowHash.make(password)?.text))
        } catch {
            throw Failure("EXAConf: \(error.message)", .badData)
        }
        guard let draft = DraftRevision(edited, number: number, forced: true) else {
            throw Failure("EXAConf cannot be changed.", .badData)
        }
        return draft
    }
}
