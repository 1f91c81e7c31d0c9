import Foundation
import NodeAgent

/// Where the text of an invitation comes from: whoever has it becomes the node, so that it need not stand on a command line.
enum JoinToken {
    /// Holds it where nothing is said on the command line, such as in a container.
    static let variable = "CONFD_CLUSTER_JOIN"
    /// Said in its place when it is to be read from standard input.
    static let fromInput = "-"

    /// The token; `nil` where there is none.
    ///
    /// - Parameters:
    ///   - word: What stands on the command line.
    ///   - input: Reads it from standard input.
    /// - Throws: ``Failure`` when nothing comes from there.
    static func read(
        _ word: String?, environment: [String: String] = ProcessInfo.processInfo.environment,
        input: () -> String = { PasswordInput.word("Token: ") }
    ) throws(Failure) -> String? {
        guard let word else { return environment[variable].flatMap { $0.isEmpty ? nil : $0 } }
        guard word == fromInput else { return word }
        let token = input().trimmingCharacters(in: .whitespaces)
        guard !token.isEmpty else { throw Failure("No token came from standard input.", .badData) }
        return token
    }
}
