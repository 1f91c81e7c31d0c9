import JobEngine

#if canImport(Glibc)
import Glibc
#endif

/// The program archives are reached with.
enum Rclone {
    /// How often, and how long, it tries to get at a store, and that it has no settings of its own.
    static let patience = [
        "--config", "/dev/null", "--contimeout", "15s", "--retries", "2", "--low-level-retries", "3",
    ]

    /// - Throws: `refused` when it is not installed.
    static func program(_ account: ExternalProgram.Account?) throws(ActionError) -> ExternalProgram {
        for path in ["/usr/bin/rclone", "/usr/local/bin/rclone"] where access(path, X_OK) == 0 {
            var program = ExternalProgram(path)
            program.account = account
            program.environment["HOME"] = "/nonexistent"
            return program
        }
        throw .refused(JobError(.unsupported, "Archives need rclone, which is not installed: apt-get install rclone."))
    }

    /// A password in the form rclone's own settings take; it is not encryption, so it stays a secret.
    static func obscured(
        _ password: String, for account: ExternalProgram.Account?, _ call: ActionCall
    ) async throws(ActionError) -> String {
        var program = try program(account)
        program.arguments = ["obscure", "-"]
        let answer = try await program.run(Array(password.utf8), within: call)
        guard answer.exitCode == 0 else {
            throw .failed(code: answer.exitCode, message: "The archive's password could not be prepared for rclone.")
        }
        return String(decoding: answer.output.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }
}
