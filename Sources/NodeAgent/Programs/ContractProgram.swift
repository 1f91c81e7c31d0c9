import JobEngine
import Values

#if canImport(Glibc)
import Glibc
#endif

/// An executable the operator names by a setting. It is called with one verb at a time, as docs/providers.md describes
/// it: JSON in, JSON out.
package struct ContractProgram: Sendable, Hashable {
    /// What it is, for messages.
    private let title: String
    /// The setting that names it.
    private let setting: String
    private let path: String

    private init(title: String, setting: String, path: String) {
        self.title = title
        self.setting = setting
        self.path = path
    }

    /// What does the jobs on infrastructure.
    ///
    /// - Parameter path: Absolute; empty for none. Nothing is looked at before it is called.
    package static func provider(_ path: String) -> ContractProgram {
        ContractProgram(title: "infrastructure provider", setting: "provider.path", path: path)
    }

    /// What sends figures to a monitoring service; as ``provider(_:)``.
    package static func exporter(_ path: String) -> ContractProgram {
        ContractProgram(title: "monitoring exporter", setting: "monitoring.path", path: path)
    }

    /// Asks for one verb and gives the answer.
    ///
    /// - Throws: `refused` when it is not installed or says that it cannot, `failed` with its message.
    func run(_ verb: String, with request: Value, within call: ActionCall) async throws(ActionError) -> Value {
        try requireInstalled()
        var program = ExternalProgram(path)
        program.arguments = [verb]
        let answer = try await program.run(JSON.bytes(request), within: call) { call.report(CommandReport(line: $0)) }
        return try answer.value(of: "The \(title)")
    }

    private func requireInstalled() throws(ActionError) {
        let hint = "install one and name it by the setting '\(setting)'."
        guard path.hasPrefix("/") else { throw .refused(JobError(.unsupported, "There is no \(title): \(hint)")) }
        guard access(path, X_OK) == 0 else {
            throw .refused(JobError(.unsupported, "The \(title) \(path) cannot be run: \(hint)"))
        }
        try ExternalProgram.requireGuarded(path)
    }
}

extension ExternalProgram.Answer {
    /// What a program said that keeps the contract: an object with `error` for every exit code but 0.
    ///
    /// - Parameter program: What begins the message when it said nothing.
    func value(of program: String) throws(ActionError) -> Value {
        let words = messages.suffix(3).joined(separator: " ")
        var error: [String: Value]?
        do throws(JSON.Fault) {
            let value = try JSON.parse(output)
            if exitCode == 0 { return value }
            error = value.map?["error"]?.map
        } catch let fault {
            if exitCode == 0 { throw Self.unusable(program, fault: fault, isEmpty: output.isEmpty, words: words) }
        }
        let said = error?["message"]?.string ?? words
        let message = said.isEmpty ? "\(program) ended with exit code \(exitCode)." : said
        switch error?["code"]?.string {
        case "unsupported", "unknown-verb", "missing", "account": throw .refused(JobError(.unsupported, message))
        case "state", "in-use", "port-taken": throw .refused(JobError(.objectBusy, message))
        case "invalid": throw .refused(JobError(.parameterInvalid, message))
        case "space": throw .refused(JobError(.outOfSpace, message))
        case "absent", "data-missing", "data-damaged": throw .refused(JobError(.objectMissing, message))
        case "exists": throw .refused(JobError(.objectExists, message))
        default: throw .failed(code: exitCode, message: message)
        }
    }

    /// It ended well, and what it did is not known.
    private static func unusable(
        _ program: String, fault: JSON.Fault, isEmpty: Bool, words: String
    ) -> ActionError {
        let answer = isEmpty ? "gave no JSON for an answer." : "gave an answer that cannot be used: \(fault)."
        let said = words.isEmpty ? "" : " Its last words were: \(words)"
        return .failed(code: 1, message: "\(program) \(answer)\(said)")
    }
}
