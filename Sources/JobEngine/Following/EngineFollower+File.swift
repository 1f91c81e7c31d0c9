import Logging
import Synchronization

/// What becomes of the file of a node that follows: it is edited where somebody decides, or handed there.
extension EngineFollower {
    /// Whether an edit waits for somebody to take it, touched or not.
    var hasEdit: Bool { state.withLock { $0.hasEdit } }

    /// Looks at the file beside the newest revision.
    func lookAtFile() async {
        guard isFollowing else { return }
        let file = ConfigurationFile(environment)
        do throws(JobError) {
            // First the file: a revision that comes meanwhile is newer than what is in it, which is no edit.
            let text = try await file.bytes()
            let head = environment.configuration
            guard head.revision > 0 else { return }
            switch ConfigurationFileState(file: text, head: head.record, isElected: true) {
            case .same: settle(nil, head)
            case .reinstall:
                settle(nil, head)
                want(head, again: true)
            case .adopt: await hand(over: text ?? [], head)
            case .conflict(let error):
                if error != head.obstacle { await environment.runner.keepEdit() }
                settle(error, head)
            case .unsaid(let error), .unusable(let error): settle(error, head)
            }
        } catch {
            settle(error, environment.configuration)
        }
    }

    /// Hands an edit that is marked as meant to whoever decides; it comes back as a revision.
    private func hand(over text: [UInt8], _ head: PublishedConfiguration) async {
        do throws(JobError) {
            let revision = try await environment.runner.handEdit(text)
            environment.logger.notice("edit handed to the master", metadata: ["revision": "\(revision)"])
            settle(nil, head)
        } catch {
            let obstacle = JobError(
                .configurationModified,
                "EXAConf was edited on this node and marked COMMIT, and is no revision: \(error.message)")
            if obstacle != head.obstacle { await environment.runner.keepEdit() }
            settle(obstacle, head, hasEdit: error.passes)
        }
    }

    private func settle(_ obstacle: JobError?, _ head: PublishedConfiguration, hasEdit: Bool = false) {
        if let obstacle, obstacle != head.obstacle {
            environment.logger.warning("configuration file not followed", metadata: ["cause": "\(obstacle)"])
        }
        state.withLock { $0.hasEdit = hasEdit }
        settle(obstacle: obstacle, of: head.revision)
    }
}
