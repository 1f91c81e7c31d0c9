import Access
import ArgumentParser
import EXAConf
import Foundation

struct VerifyPassword: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify-password",
        abstract: "Answer pam_exec whether a user of EXAConf may log in.",
        discussion: "Reads PAM_USER and PAM_TYPE from the environment and the password from standard input.",
        shouldDisplay: false)

    /// More than any password crypt(3) takes.
    private static let inputLimit = 4096

    @OptionGroup var options: RootOptions

    @Flag(help: "Only say whether EXAConf can be read, so that users can be told from others.")
    var usable = false

    func run() async throws {
        if usable { return _ = try await entry(of: "") }
        let environment = ProcessInfo.processInfo.environment
        let user = environment["PAM_USER"] ?? ""
        let type = environment["PAM_TYPE"] ?? ""
        let input = type == "auth" ? Self.readInput() : []
        let decision = PasswordVerification.decide(
            type: type, user: user, password: PasswordVerification.password(fromInput: input),
            entry: try await entry(of: user))
        if case .refused(let reason) = decision {
            StandardError.write("confd: \(user) refused: \(reason)\n")
            throw ExitCode(1)
        }
    }

    private func entry(of user: String) async throws -> PasswordEntry? {
        do {
            // The settings are not needed, and a faulty settings file must not lock everybody out.
            let root = options.root ?? "/exa"
            let document = try Document(parsing: [UInt8](Data(contentsOf: URL(filePath: "\(root)/etc/EXAConf"))))
            return document.users.first { $0.name == user }.map { entry in
                PasswordEntry(loginEnabled: entry.isLoginEnabled, hash: entry.passwordHash.map { ShadowHash($0) })
            }
        } catch {
            StandardError.write("confd: EXAConf cannot be read: \(error)\n")
            throw ExitCode(2)
        }
    }

    private static func readInput() -> [UInt8] {
        let data = try? FileHandle.standardInput.read(upToCount: inputLimit)
        return data.map { [UInt8]($0) } ?? []
    }
}
