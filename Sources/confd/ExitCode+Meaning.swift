import ArgumentParser
import Glibc
import JobEngine
import PeerLink

/// The exit codes of the daemon, by the meanings of sysexits.h; `docs/exit-codes.md` explains them to operators.
extension ExitCode {
    /// The configuration file, the certificate or other data cannot be used.
    static let badData = ExitCode(65)
    /// There is no such user.
    static let noUser = ExitCode(67)
    /// The address cannot be bound, or another service is missing.
    static let unavailable = ExitCode(69)
    /// A file or folder cannot be made.
    static let cannotCreate = ExitCode(73)
    /// A file cannot be read or written.
    static let ioError = ExitCode(74)
    /// It is on its way, but has not ended.
    static let notYet = ExitCode(75)
    /// The caller has not the right.
    static let notAllowed = ExitCode(77)
    /// A setting is unknown or has the wrong type.
    static let badSettings = ExitCode(78)
}

/// Why a command of the daemon ended: a line for the operator, and an exit code for scripts.
struct Failure: Error, CustomStringConvertible {
    let description: String
    let code: ExitCode

    init(_ description: String, _ code: ExitCode) {
        self.description = description
        self.code = code
    }

    /// The end of a command that kept a machine from becoming a node.
    init(_ refusal: JoinRefusal) {
        self.init(refusal.description, ExitCode(refusal.exitCode))
    }

    /// The end of a command that a file of the cluster stopped.
    init(_ fault: MemberFileFault) {
        let isUnusable = if case .unusable = fault { true } else { false }
        self.init(fault.description, isUnusable ? .ioError : .badData)
    }

    /// The end of a command that a job error stopped.
    init(_ error: JobError) {
        self.init(error.message, error.code == .configurationModified ? .badData : .ioError)
    }
}

extension AsyncParsableCommand {
    /// Runs a command's work; a failure becomes one line on standard error and its exit code.
    ///
    /// Whatever mask the caller has: what a command makes is for its own account, unless it gives it another mode.
    func reporting(_ work: () async throws -> Void) async throws {
        umask(0o077)
        do {
            try await work()
        } catch let failure as Failure {
            StandardError.write("confd: \(failure.description)\n")
            throw failure.code
        }
    }
}
