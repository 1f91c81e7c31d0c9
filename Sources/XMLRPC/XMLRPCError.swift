/// Why a document is no XML-RPC message, and where.
package struct XMLRPCError: Error, Sendable, Hashable {
    /// What kind of fault it is.
    package enum Code: String, Sendable, Hashable, CaseIterable {
        /// No well-formed XML 1.0 in UTF-8.
        case notWellFormed
        /// A document type declaration, which XML-RPC has no use for and attackers have.
        case doctypeRefused
        /// The XML declaration names an encoding other than UTF-8 or US-ASCII.
        case encodingRefused
        /// An element, an attribute or a text where XML-RPC has none.
        case structureInvalid
        /// The text of a value does not fit its type.
        case valueInvalid
        /// One of the `Limits` was passed.
        case limitExceeded
    }

    /// Decides which standard fault is answered.
    package let code: Code
    /// One sentence for the caller.
    package let message: String
    /// Line of the document, from 1; nil when the fault has no place.
    package let line: Int?
    /// Column in bytes, from 1; nil when the fault has no place.
    package let column: Int?

    /// A place needs both line and column; the message is shown to the caller as it is.
    package init(_ code: Code, _ message: String, line: Int? = nil, column: Int? = nil) {
        self.code = code
        self.message = message
        self.line = line
        self.column = column
    }

    /// The fault to answer with: -32700 when it was no XML we read, -32600 when it was no XML-RPC.
    package var fault: Fault {
        switch code {
        case .notWellFormed, .doctypeRefused, .encodingRefused: Fault(.notWellFormed, description)
        case .structureInvalid, .valueInvalid, .limitExceeded: Fault(.invalidRequest, description)
        }
    }
}

extension XMLRPCError: CustomStringConvertible {
    package var description: String {
        guard let line, let column else { return message }
        return "\(message) (line \(line), column \(column))"
    }
}
