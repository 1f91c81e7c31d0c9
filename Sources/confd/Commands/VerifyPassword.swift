import Access
import ArgumentParser
import EXAConf
import Foundation
import JobEngine
import SQLiteStore
import Values

struct VerifyPassword: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify-password",
        abstract: "Answer pam_exec whether a user of EXAConf may log in.",
        discussion: """
            Reads PAM_USER and PAM_TYPE from the environment and the password from standard input. Users are those of the \
            revision in force, which the store has; the file is not read.
            """,
        shouldDisplay: false)

    /// More than any password crypt(3) takes.
    private static let inputLimit = 4096

    @OptionGroup var options: RootOptions

    @Flag(help: "Only say whether users can be looked up, so that they can be told from others.")
    var usable = false

    func run() async throws {
        let users = try users()
        if usable { return }
        let environment = ProcessInfo.processInfo.environment
        let user = environment["PAM_USER"] ?? ""
        let type = environment["PAM_TYPE"] ?? ""
        let input = type == "auth" ? Self.readInput() : []
        let entry = users.first { $0.name == user }.map { entry in
            PasswordEntry(loginEnabled: entry.isLoginEnabled, hash: entry.passwordHash.map { ShadowHash($0) })
        }
        let decision = PasswordVerification.decide(
            type: type, user: user, password: PasswordVerification.password(fromInput: input), entry: entry)
        if case .refused(let reason) = decision {
            StandardError.write("confd: \(user) refused: \(reason)\n")
            throw ExitCode(1)
        }
    }

    private func users() throws -> [UserEntry] {
        // The settings are not needed, and a faulty settings file must not lock everybody out.
        let installation = Installation(root: options.root ?? "/exa")
        do {
            guard let head = try SQLiteStore.head(inFolder: installation.storeDirectory) else {
                throw Failure("there is no revision yet; 'confd serve' makes the first", .badData)
            }
            return try Document(parsing: head.text).users
        } catch {
            StandardError.write("confd: users cannot be looked up: \(error)\n")
            throw ExitCode(2)
        }
    }

    private static func readInput() -> [UInt8] {
        let data = try? FileHandle.standardInput.read(upToCount: inputLimit)
        return data.map { [UInt8]($0) } ?? []
    }
}
