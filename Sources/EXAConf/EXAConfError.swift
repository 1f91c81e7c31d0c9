import Values

/// Why a file could not be read or a change was refused.
///
/// The message is fit for the caller: it names the place and says what to do, and never holds a secret.
package struct EXAConfError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of refusal, for a caller that maps it to a status.
    package enum Code: Sendable, Hashable {
        /// The text does not follow the grammar; `line` of the error counts from 1.
        case syntax
        /// The text is larger than the limit.
        case tooLarge
        /// The bytes are not UTF-8.
        case notUTF8
        /// The stored checksum does not belong to the content.
        case integrity
        /// An entry of that name, id or address is there already.
        case exists
        /// The entry the change is about, or one it refers to, is not there.
        case missing
        /// Other entries still refer to the one to be removed; they are named by their header text.
        case inUse(by: [String])
        /// A value, or a combination of values, is not allowed.
        case invalid
        /// The file breaks a rule that holds when it is loaded.
        case unusable
    }

    /// The kind of refusal.
    package let code: Code
    /// One sentence for the caller.
    package let message: String
    /// Line of the text the error is about, counted from 1; only for `syntax`.
    package let line: Int?
    /// The key of the file whose value was refused; `Name` where it is the name of the entry itself.
    package let key: String?

    /// An error with a message for the caller; `line` only when a text was read.
    package init(_ code: Code, _ message: String, line: Int? = nil, key: String? = nil) {
        self.code = code
        self.message = Secret.masked(message)
        self.line = line
        self.key = key
    }

    package var description: String { message }

    static func exists(_ what: String) -> EXAConfError {
        EXAConfError(.exists, "\(what) exists already; choose another one or change the existing entry.")
    }

    static func missing(_ what: String) -> EXAConfError {
        EXAConfError(.missing, "\(what) does not exist.")
    }

    /// - Parameter key: The key it is about, where the message does not begin with it and a colon.
    static func invalid(_ message: String, key: String? = nil) -> EXAConfError {
        let parts = message.split(separator: ": ", maxSplits: 1)
        let isKey = parts.count == 2 && parts[0].utf8.allSatisfy { $0 != 0x27 && $0 != 0x22 }
        return EXAConfError(.invalid, message, key: key ?? (isKey ? String(parts[0]) : nil))
    }

    static func inUse(_ what: String, by users: [String]) -> EXAConfError {
        EXAConfError(.inUse(by: users), "\(what) is in use by \(users.joined(separator: ", ")); remove it there first.")
    }
}
