import EXAConf
import Synchronization
import Waiting

/// A configuration somebody edited on another node, and marked as meant.
struct HandedEdit: Sendable {
    let text: [UInt8]
    /// Where it was edited.
    let node: Int
    /// The revision it has become, or why it has become none.
    let answer = Waiter<Result<Int, JobError>>()
}

/// Edits of other nodes that wait for their turn.
final class HandedEdits: Sendable {
    private let waiting = Mutex<[HandedEdit]>([])
    /// There is one for each node that has somebody at its file.
    private static let most = 16

    /// - Returns: Whether there was room.
    func add(_ edit: HandedEdit) -> Bool {
        waiting.withLock { waiting in
            waiting.removeAll { $0.answer.isAnswered }
            if waiting.count >= Self.most { return false }
            waiting.append(edit)
            return true
        }
    }

    /// The next one somebody still waits for.
    func next() -> HandedEdit? {
        waiting.withLock { waiting in
            waiting.removeAll { $0.answer.isAnswered }
            return waiting.isEmpty ? nil : waiting.removeFirst()
        }
    }

    /// Answers all of them.
    func refuseAll(_ error: JobError) {
        let refused = waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        for edit in refused { edit.answer.resume(returning: .failure(error)) }
    }
}

extension ConfigurationFile {
    /// The revision an edit of another node becomes.
    ///
    /// - Throws: ``JobError`` for what is not marked, is no configuration, or was made of an older revision.
    func revision(of edit: HandedEdit, after head: PublishedConfiguration) throws(JobError) -> SettledRevision {
        if let obstacle = head.obstacle { throw obstacle }
        let state = ConfigurationFileState(file: edit.text, head: head.record, isElected: true)
        switch state {
        case .adopt(let document, _):
            return settled(document, "edited by hand on node \(edit.node), marked COMMIT", after: head)
        case .same, .reinstall: throw JobError(.parameterInvalid, "The configuration is not marked with COMMIT.")
        case .conflict(let error), .unsaid(let error), .unusable(let error): throw error
        }
    }
}
