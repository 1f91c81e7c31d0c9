/// Why the engine did not do what it was asked to; the message is shown to whoever submitted the job.
struct EngineError: Error, Encodable {
    let code: Code
    let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The codes of the contract.
    enum Code: String, Encodable {
        /// The request cannot be read or asks for what makes no sense.
        case invalid
        case unknownVerb = "unknown-verb"
        /// The engine cannot do this at all; asking again will not help.
        case unsupported
        /// The database is not in the state the verb needs.
        case state
        /// Another database runs on the volume.
        case inUse = "in-use"
        /// The data of the database are not in its volume.
        case dataMissing = "data-missing"
        /// They are there, but no server could use them.
        case dataDamaged = "data-damaged"
        case portTaken = "port-taken"
        case space
        /// It must not run as this user.
        case account
        /// A program it needs is not installed.
        case missing
        case failed

        var exitCode: Int32 {
            switch self {
            case .invalid, .unknownVerb: 2
            case .unsupported: 3
            default: 1
            }
        }
    }
}

/// The answer of a verb that failed.
struct ErrorAnswer: Encodable {
    let error: EngineError
}

/// The answer of a verb that has nothing to tell.
struct Done: Encodable, Sendable {
    /// Whether there was nothing to do, because it was so already.
    var already = false
}
