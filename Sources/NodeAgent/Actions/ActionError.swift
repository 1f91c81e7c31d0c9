package import JobEngine

/// Why an action did not do its work; nothing of it is left behind.
package enum ActionError: Error, Hashable, CustomStringConvertible {
    /// The message is for the caller of the job and holds no secret.
    case failed(code: Int, message: String)
    /// It cannot be done here and now, which was found before anything was touched.
    case refused(JobError)
    case timedOut
    case cancelled

    /// An argument is missing or unfit.
    static func argument(_ name: String, _ rule: String) -> ActionError {
        .failed(code: 2, message: "The argument '\(name)' \(rule).")
    }

    /// The same for a command that had begun: it failed, and was not refused.
    var begun: ActionError {
        if case .refused(let error) = self { .failed(code: 1, message: error.message) } else { self }
    }

    /// Does work on files; a fault of theirs is one of the command, with code 1.
    static func reporting<Result, Fault: Error & CustomStringConvertible>(
        _ work: () throws(Fault) -> Result
    ) throws(ActionError) -> Result {
        do throws(Fault) {
            return try work()
        } catch {
            throw .failed(code: 1, message: error.description)
        }
    }

    package var description: String {
        switch self {
        case .failed(_, let message): message
        case .refused(let error): error.message
        case .timedOut: "The command took longer than it may."
        case .cancelled: "The command was cancelled."
        }
    }

    /// The same as the port tells it.
    package var outcome: CommandOutcome {
        switch self {
        case .failed(let code, let message): .failed(code: code, message: message)
        case .refused(let error): .refused(error)
        case .timedOut: .timedOut
        case .cancelled: .cancelled
        }
    }
}
