import JobEngine
import Posix

extension ExternalProgram {
    /// Refuses a program of the operator's that others can change.
    static func requireGuarded(_ path: String) throws(ActionError) {
        do throws(GuardedFile.Fault) {
            try GuardedFile.require(path)
        } catch {
            throw .refused(JobError(.unsupported, "The program \(path) is not run: \(error)"))
        }
    }

    /// Runs a program of the system that has nothing to read and nothing to answer.
    ///
    /// - Parameter accepted: Exit codes that are no failure, beside 0.
    /// - Throws: `failed` with what it said.
    static func succeed(
        _ path: String, _ arguments: [String], within call: ActionCall, accepted: Set<Int> = []
    ) async throws(ActionError) {
        var program = ExternalProgram(path)
        program.arguments = arguments
        let answer = try await program.run([], within: call)
        if answer.exitCode == 0 || accepted.contains(answer.exitCode) { return }
        throw .failed(code: answer.exitCode, message: answer.messages.joined(separator: " "))
    }
}
