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
