import Access
import EXAConf
package import JobEngine
package import Values

/// What an action is told and may use.
package struct ActionCall: Sendable {
    /// By name, unchecked, secrets in clear; ``text(_:)`` and ``path(_:_:)`` check while they read.
    package let arguments: [String: Value]
    /// Where `/exa` is on this machine.
    package let root: InstallationRoot
    /// Reads files within a limit and writes them durably.
    package let files: DurableFile
    /// The step of the job it is run for; its undo has the same.
    package let job: JobID
    /// Place of the command in its job, from 0; an undo has that of the command it takes back.
    package let step: Int
    /// The clock the command is timed by.
    let time: any TimeSource
    /// When its time is over.
    let end: Duration
    /// Told how far the action is, and what the job's log is to have.
    var report: @Sendable (CommandReport) -> Void = { _ in }

    /// To be called between two pieces of work.
    ///
    /// - Throws: `cancelled` or `timedOut` when no more shall be done.
    package func check() throws(ActionError) {
        if Task.isCancelled { throw .cancelled }
        if time.monotonic >= end { throw .timedOut }
    }

    /// A text argument.
    package func text(_ name: String) throws(ActionError) -> String {
        guard let text = try optionalText(name) else { throw .argument(name, "is missing") }
        return text
    }

    /// A text argument that may be absent or null.
    package func optionalText(_ name: String) throws(ActionError) -> String? {
        switch arguments[name] {
        case .none, .null?: return nil
        case .string(let text)?: return text
        default: throw .argument(name, "must be a text")
        }
    }

    /// The path on this machine of an argument that names a place of a kind.
    func path(_ name: String, _ kind: Place.Kind) throws(ActionError) -> String {
        let text = try text(name)
        do throws(InstallError) {
            return try root.location(kind, text)
        } catch {
            throw .failed(code: 2, message: error.description)
        }
    }

    /// Replaces files in this step's name.
    var exchange: FileExchange { FileExchange(durable: files, step: "\(job) \(step)") }
}
