import Foundation
import Subprocess
import SystemPackage

/// One of PostgreSQL's own programs.
struct Program: Sendable {
    let name: String

    static let initdb = Program(name: "initdb")
    static let control = Program(name: "pg_ctl")
    static let psql = Program(name: "psql")
    static let server = Program(name: "postgres")
    static let baseBackup = Program(name: "pg_basebackup")
    static let verifyBackup = Program(name: "pg_verifybackup")
    static let controlData = Program(name: "pg_controldata")

    struct Outcome: Sendable {
        let exitCode: Int
        let output: String
        let errors: String
    }

    /// Where the newest PostgreSQL of this machine has its programs; `CONFD_POSTGRESQL_BIN` names another place.
    ///
    /// - Throws: `missing` when there is none.
    static func directory() throws(EngineError) -> String {
        if let given = ProcessInfo.processInfo.environment["CONFD_POSTGRESQL_BIN"] { return given }
        let base = "/usr/lib/postgresql"
        let versions = ((try? FileManager.default.contentsOfDirectory(atPath: base)) ?? []).compactMap(Int.init)
        for version in versions.sorted(by: >)
        where FileManager.default.isExecutableFile(atPath: "\(base)/\(version)/bin/postgres") {
            return "\(base)/\(version)/bin"
        }
        throw EngineError(.missing, "PostgreSQL is not installed on this node: apt-get install postgresql.")
    }

    /// Runs it and tells what came of it, whatever that is.
    ///
    /// - Parameters:
    ///   - input: What it reads.
    ///   - line: Told each line of its standard error as it comes.
    func run(
        _ arguments: [String], input: String = "", environment: [String: String] = [:],
        line: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws(EngineError) -> Outcome {
        let path = try Self.directory() + "/" + name
        do {
            let ended = try await Subprocess.run(
                .path(FilePath(path)), arguments: Arguments(arguments),
                environment: Self.environment(with: environment),
                input: .inputWriter, output: .string(limit: 4 * 1024 * 1024), error: .sequence
            ) { program in
                async let writing: Void = Self.write(input, to: program.standardInputWriter)
                var errors = ""
                for try await text in program.standardError.strings() {
                    line(text)
                    if errors.utf8.count < 65_536 { errors += text + "\n" }
                }
                await writing
                return errors
            }
            return Outcome(
                exitCode: ended.terminationStatus.code, output: ended.standardOutput, errors: ended.closureResult)
        } catch {
            throw EngineError(.failed, "\(name) could not be run: \(error)")
        }
    }

    /// A program that fails need not read its input; that ends a write, and is no fault of its own.
    private static func write(_ input: String, to writer: StandardInputWriter) async {
        _ = try? await writer.write(Array(input.utf8))
        try? await writer.finish()
    }

    private static func environment(with given: [String: String]) -> Environment {
        let variables = given.merging(["LC_ALL": "C.UTF-8"]) { given, _ in given }
        return .inherit.updating(
            Dictionary(uniqueKeysWithValues: variables.map { (Environment.Key(stringLiteral: $0), $1) }))
    }

    /// Runs it and fails when it does.
    ///
    /// - Throws: `failed` with what it said.
    @discardableResult
    func succeed(
        _ arguments: [String], input: String = "", environment: [String: String] = [:],
        line: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws(EngineError) -> String {
        let outcome = try await run(arguments, input: input, environment: environment, line: line)
        guard outcome.exitCode == 0 else {
            let said = outcome.errors.split(separator: "\n").suffix(5).joined(separator: " ")
            throw EngineError(.failed, "\(name) failed: \(said)")
        }
        return outcome.output
    }
}

extension TerminationStatus {
    fileprivate var code: Int {
        switch self {
        case .exited(let code): Int(code)
        case .signaled(let signal): 128 + Int(signal)
        }
    }
}
