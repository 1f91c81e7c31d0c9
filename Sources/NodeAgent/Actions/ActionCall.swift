import Access
import EXAConf
package import JobEngine

/// What a command may use on this node.
package struct ActionCall: Sendable {
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

    /// The path on this machine of a place of a kind.
    ///
    /// - Throws: `failed` with code 2 for what is no such place.
    func path(_ text: String, _ kind: Place.Kind) throws(ActionError) -> String {
        do throws(InstallError) {
            return try root.location(kind, text)
        } catch {
            throw .failed(code: 2, message: error.description)
        }
    }

    /// Replaces files in this step's name.
    var exchange: FileExchange { FileExchange(durable: files, step: "\(job) \(step)") }
}
