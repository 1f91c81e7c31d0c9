import Dispatch
import Foundation

/// The database engine that ships with the daemon: PostgreSQL behind the engine contract.
///
/// One call is one verb: the request is a JSON object on standard input, the answer one on standard output, progress
/// goes to standard error in JSON lines. It holds no state of its own: all there is lies in the paths of the request.
@main
struct EnginePostgreSQL {
    /// Answers the verb of the command line.
    static func main() async {
        if LogKeeper.runsInstead(CommandLine.arguments) { return }
        let verb = CommandLine.arguments.dropFirst().first ?? ""
        do throws(EngineError) {
            guard let run = Verbs.all[verb] else { throw EngineError(.unknownVerb, "There is no verb '\(verb)'.") }
            if geteuid() == 0 { throw EngineError(.account, "PostgreSQL does not run as root; set 'engine.user'.") }
            let request = verb == "describe" ? .empty : try EngineRequest(reading: FileHandle.standardInput)
            if OperationLock.isNeeded(for: verb) {
                let instance = try Instance(request)
                try OperationLock.take(request)
                try instance.replacement.settle()
            }
            say(try await interruptible { () async throws(EngineError) in try await run(request) })
        } catch {
            say(ErrorAnswer(error: error))
            exit(error.code.exitCode)
        }
    }

    /// Runs a verb that, when it is asked to end, ends its programs and clears away what it has begun.
    private static func interruptible(
        _ verb: @escaping @Sendable () async throws(EngineError) -> any Encodable & Sendable
    ) async throws(EngineError) -> any Encodable & Sendable {
        // Awaited below; the signal cancels it.
        let work = Task { () -> Result<any Encodable & Sendable, EngineError> in
            do throws(EngineError) { return .success(try await verb()) } catch { return .failure(error) }
        }
        // A signal that is ignored would be ignored by the programs as well; a handler is not handed on.
        signal(SIGTERM) { _ in }
        let source = DispatchSource.makeSignalSource(signal: SIGTERM, queue: .global())
        source.setEventHandler { work.cancel() }
        source.resume()
        defer { source.cancel() }
        return try await work.value.get()
    }

    private static func say(_ answer: any Encodable) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        // The answers of this program are plain structures, which an encoder does not refuse.
        guard let bytes = try? encoder.encode(answer) else { exit(70) }
        FileHandle.standardOutput.write(bytes + Data("\n".utf8))
    }
}

/// What the contract calls each thing this engine can do, and what does it.
enum Verbs {
    typealias Verb = @Sendable (EngineRequest) async throws(EngineError) -> any Encodable & Sendable

    /// One line for each.
    static let all: [String: Verb] = [
        "describe": Describe.run,
        "check": Check.run,
        "create": Create.run,
        "start": Start.run,
        "stop": Stop.run,
        "state": StateOf.run,
        "info": Info.run,
        "backup": Backup.run,
        "restore": Restore.run,
        "reset": Reset.run,
        "delete": Delete.run,
    ]
}

/// Tells the daemon how far a verb has come.
enum Progress {
    /// - Parameter percent: 0 to 100.
    static func tell(_ percent: Int, _ text: String) {
        let line: [String: Any] = ["progress": ["percent": max(0, min(100, percent)), "text": text]]
        guard let bytes = try? JSONSerialization.data(withJSONObject: line, options: [.sortedKeys]) else { return }
        FileHandle.standardError.write(bytes + Data("\n".utf8))
    }
}
