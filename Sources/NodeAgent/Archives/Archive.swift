import JobEngine

/// A place backups are kept at: a local archive volume, or a store elsewhere. It is reached by rclone, run as the user of
/// the database engine, so that nobody gets at files of this machine by naming them as an archive.
package struct Archive: Sendable, Hashable {
    /// What stands in front of each path.
    private let base: String
    /// How rclone finds and opens the store; secrets are here, and so on no command line.
    private let environment: [String: String]
    private let flags: [String]
    private let account: ExternalProgram.Account?

    init(base: String, environment: [String: String], flags: [String], account: ExternalProgram.Account?) {
        self.base = base
        self.environment = environment
        self.flags = flags
        self.account = account
    }

    /// Copies what is in a folder of this node to a path of the archive.
    func put(
        _ folder: String, to path: String, _ call: ActionCall, progress: @escaping @Sendable (Int) -> Void
    ) async throws(ActionError) {
        try await copy(folder, at(path), call, progress)
    }

    /// Copies what is at a path of the archive into a folder of this node.
    func get(
        _ path: String, to folder: String, _ call: ActionCall, progress: @escaping @Sendable (Int) -> Void
    ) async throws(ActionError) {
        try await copy(at(path), folder, call, progress)
    }

    private func copy(
        _ source: String, _ target: String, _ call: ActionCall, _ progress: @escaping @Sendable (Int) -> Void
    ) async throws(ActionError) {
        let options = ["--use-json-log", "--stats", "1s", "--stats-log-level", "NOTICE", "--checksum"]
        try await succeed(["copy", source, target] + options, call) { line in
            if let percent = Self.percent(in: line) { progress(percent) }
        }
    }

    /// Every description of a backup below a path; none when there is nothing yet.
    func descriptions(below path: String, _ call: ActionCall) async throws(ActionError) -> [Value] {
        let answer = try await run(["cat", at(path), "--include", "/**/\(Self.description)"], call)
        if answer.exitCode == Self.absent { return [] }
        try Self.require(answer)
        return answer.output.split(separator: UInt8(ascii: "\n")).compactMap { try? JSON.parse($0) }
    }

    /// The description of the backup at a path, `nil` when there is none.
    func description(of path: String, _ call: ActionCall) async throws(ActionError) -> Value? {
        let answer = try await run(["cat", at("\(path)/\(Self.description)")], call)
        guard answer.exitCode == 0 else { return nil }
        return try? JSON.parse(answer.output)
    }

    /// Writes the description of a backup: from then on it counts as whole.
    func describe(_ path: String, _ value: Value, _ call: ActionCall) async throws(ActionError) {
        let text = JSON.bytes(value) + [UInt8(ascii: "\n")]
        try await succeed(["rcat", at("\(path)/\(Self.description)")], input: text, call)
    }

    /// Folders of backups below a path, whole or not.
    func backups(below path: String, _ call: ActionCall) async throws(ActionError) -> [String] {
        let answer = try await run(["lsf", "-R", "--files-only", at(path)], call)
        if answer.exitCode == Self.absent { return [] }
        try Self.require(answer)
        let files = String(decoding: answer.output, as: UTF8.self).split(separator: "\n")
        let folders = files.compactMap { file in file.lastIndex(of: "/").map { "\(path)/\(file[..<$0])" } }
        return Set(folders).sorted()
    }

    /// Removes everything at a path; nothing there is fine.
    func remove(_ path: String, _ call: ActionCall) async throws(ActionError) {
        let answer = try await run(["purge", at(path)], call)
        if answer.exitCode != Self.absent { try Self.require(answer) }
    }

    /// Whether the store answers and lets us in.
    ///
    /// - Throws: `failed` with what it said.
    func check(_ call: ActionCall) async throws(ActionError) {
        let answer = try await run(["lsf", "--max-depth", "1", base], call)
        // A bucket's folder that nobody has written to yet is no fault of the store.
        if answer.exitCode != Self.absent { try Self.require(answer) }
    }

    private static let description = "metadata.json"
    /// rclone's exit code for a folder that is not there.
    private static let absent = 3

    private func at(_ path: String) -> String {
        base.hasSuffix(":") || base.hasSuffix("/") ? base + path : "\(base)/\(path)"
    }

    private func succeed(
        _ words: [String], input: [UInt8] = [], _ call: ActionCall,
        line: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws(ActionError) {
        try Self.require(try await run(words, input: input, call, line: line))
    }

    private func run(
        _ words: [String], input: [UInt8] = [], _ call: ActionCall,
        line: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws(ActionError) -> ExternalProgram.Answer {
        var program = try Rclone.program(account)
        program.arguments = words + ["--config", "/dev/null", "--retries", "2", "--low-level-retries", "3"] + flags
        program.environment.merge(environment) { _, given in given }
        program.outputLimit = 64 * 1024 * 1024
        return try await program.run(input, within: call, line: line)
    }

    private static func require(_ answer: ExternalProgram.Answer) throws(ActionError) {
        if answer.exitCode == 0 { return }
        let said = answer.messages.compactMap(plain).filter { !$0.isEmpty }.suffix(2).joined(separator: " ")
        throw .failed(code: answer.exitCode, message: "The archive could not be used: \(said)")
    }

    /// The text of a line of rclone's log, which is JSON in some calls.
    private static func plain(_ line: String) -> String? {
        guard line.hasPrefix("{"), let value = try? JSON.parse(line.utf8) else { return line }
        return value.map?["level"]?.string == "error" ? value.map?["msg"]?.string : nil
    }

    private static func percent(in line: String) -> Int? {
        guard line.hasPrefix("{"), let stats = (try? JSON.parse(line.utf8))?.map?["stats"]?.map,
            let done = stats["bytes"]?.int, let total = stats["totalBytes"]?.int, total > 0
        else { return nil }
        return min(100, Int(Double(done) / Double(total) * 100))
    }
}
