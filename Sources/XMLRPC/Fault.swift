package import Values

/// The answer to a call that could not be carried out as a call.
package struct Fault: Error, Sendable, Hashable {
    /// One of ``Standard``, or the result code of the error a job ended with.
    package let code: Int
    /// Shown to people by most clients.
    package let message: String

    /// The message is shown to people as it is: it must hold no secret.
    package init(code: Int, message: String) {
        self.code = code
        self.message = Secret.masked(message)
    }

    /// For a call that failed as a call; errors of jobs have codes of their own.
    package init(_ standard: Standard, _ message: String) {
        self.init(code: standard.rawValue, message: message)
    }

    /// The codes of "Specification for Fault Code Interoperability" (version 20010516) that we use.
    package enum Standard: Int, Sendable, Hashable, CaseIterable {
        case notWellFormed = -32700
        case invalidRequest = -32600
        case methodNotFound = -32601
        case invalidParameters = -32602
        case internalError = -32603
    }

    /// The struct of `faultCode` and `faultString` that stands for this fault in a document or a multicall answer.
    package var value: Value {
        .map(["faultCode": .int(code), "faultString": .string(message)])
    }

    /// Returns nil when the value is not exactly a struct of `faultCode` and `faultString`.
    package init?(_ value: Value) {
        guard case .map(let members) = value, members.count == 2,
            case .int(let code)? = members["faultCode"], case .string(let message)? = members["faultString"]
        else { return nil }
        self.init(code: code, message: message)
    }
}

extension Fault: CustomStringConvertible {
    package var description: String { "\(message) (fault \(code))" }
}
