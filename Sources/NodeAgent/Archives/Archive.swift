import JobEngine
import Values

/// A place backups are kept at: a local archive volume, or a store elsewhere. It is reached by rclone, which is never run as
/// root, so that nobody gets at files of this machine by naming them as an archive.
package struct Archive: Sendable, Hashable {
    /// The volume's, for messages.
    let name: String
    let store: ArchiveStore
    /// Why nothing is written or removed there; `nil` when that may be.
    private let obstacle: String?
    /// Whom rclone runs as; `nil` for the daemon's own.
    let account: ExternalProgram.Account?

    /// - Parameters:
    ///   - account: Whom rclone runs as.
    ///   - obstacle: Why nothing may be written there, and what to do.
    init(name: String, store: ArchiveStore, account: ExternalProgram.Account?, obstacle: String? = nil) {
        self.name = name
        self.store = store
        self.obstacle = obstacle
        self.account = account
    }

    /// Copies what is in a folder of this node to a path of the archive, which bears our mark before anything else.
    func put(
        _ folder: String, to path: String, _ call: ActionCall, progress: @escaping @Sendable (Int) -> Void
    ) async throws(ActionError) {
        try requireWritable()
        try require(try await run(["rcat", at("\(path)/\(BackupFolder.mark)")], input: Array("confd\n".utf8), call))
        try await copy([folder, at(path)], call, progress: progress)
    }

    /// Copies what is at a path of the archive into a folder of this node.
    func get(
        _ path: String, to folder: String, _ call: ActionCall, progress: @escaping @Sendable (Int) -> Void
    ) async throws(ActionError) {
        try await copy([at(path), folder, "--exclude", "/\(BackupFolder.mark)"], call, progress: progress)
    }

    /// Copies one file of this node to a path of the archive.
    func put(file: String, to path: String, _ call: ActionCall) async throws(ActionError) {
        try requireWritable()
        try require(try await run(["copyto", file, at(path)], call))
    }

    /// Whether there is a file, or a folder that holds something, at a path of the archive.
    func has(_ path: String, _ call: ActionCall) async throws(ActionError) -> Bool {
        let output = try await output(of: ["lsf", "--max-depth", "1", at(path)], call)
        return output?.isEmpty == false
    }

    private func copy(
        _ words: [String], _ call: ActionCall, progress: @escaping @Sendable (Int) -> Void
    ) async throws(ActionError) {
        let options = ["--use-json-log", "--stats", "1s", "--stats-log-level", "NOTICE", "--checksum"]
        let answer = try await run(["copy"] + words + options, call) { line in
            if let percent = Self.percent(in: line) { progress(percent) }
        }
        try require(answer)
    }

    /// Every description of a backup below a path; none when there is nothing yet.
    func descriptions(below path: String, _ call: ActionCall) async throws(ActionError) -> [Value] {
        let output = try await output(of: ["cat", at(path), "--include", "/**/\(Self.description)"], call)
        return (output ?? []).split(separator: UInt8(ascii: "\n")).compactMap { try? JSON.parse($0) }
    }

    /// The description of the backup at a path, `nil` when there is none, or none that can be read.
    func description(of path: String, _ call: ActionCall) async throws(ActionError) -> Value? {
        let output = try await output(of: ["cat", at("\(path)/\(Self.description)")], call)
        return output.flatMap { try? JSON.parse($0) }
    }

    /// Writes the description of a backup: from then on it counts as whole.
    func describe(_ path: String, as value: Value, _ call: ActionCall) async throws(ActionError) {
        try requireWritable()
        let text = JSON.bytes(value) + [UInt8(ascii: "\n")]
        try require(try await run(["rcat", at("\(path)/\(Self.description)")], input: text, call))
    }

    /// Backups below a path that were begun by us, whole or not.
    func backups(below path: String, _ call: ActionCall) async throws(ActionError) -> [String] {
        let output = try await output(of: ["lsf", "-R", "--files-only", at(path)], call)
        let files = String(decoding: output ?? [], as: UTF8.self).split(separator: "\n")
        return BackupFolder.marked(in: files.map { "\(path)/\($0)" })
    }

    /// Removes a backup; nothing there is fine.
    ///
    /// Only a folder with the name of a backup that bears our mark, or a description, is one; everything else stays.
    func remove(_ path: String, _ call: ActionCall) async throws(ActionError) {
        try requireWritable()
        guard BackupFolder.isOne(path) else { throw .argument("path", "must be the path of a backup") }
        guard let output = try await output(of: ["lsf", "--files-only", "--max-depth", "1", at(path)], call) else {
            return
        }
        let files = String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
        guard files.contains(BackupFolder.mark) || files.contains(Self.description) else { return }
        _ = try await self.output(of: ["purge", at(path)], call)
    }

    private func requireWritable() throws(ActionError) {
        guard let obstacle else { return }
        throw .refused(JobError(.unsupported, "Nothing is written to archive volume \(name): \(obstacle)"))
    }

    /// Fails unless the store answers in time and lets us in.
    ///
    /// - Throws: `refused` with the code that tells whether it cannot be reached or does not let us in.
    func check(_ call: ActionCall) async throws(ActionError) {
        let limit = Duration.seconds(45)
        do throws(ActionError) {
            let answer = try await run(["lsf", "--max-depth", "1", store.base], call.within(limit))
            // A folder nobody has written to yet is no fault; a bucket is never made by writing.
            if store.isBucket || answer.exitCode != Self.absent { try require(answer) }
        } catch {
            guard error == .timedOut else { throw error }
            try call.check()
            throw .refused(
                JobError(
                    .archiveUnreachable,
                    "Archive volume \(name) cannot be reached: no answer in \(limit.components.seconds) s."))
        }
    }

    /// Fails unless a volume of a fixed size can take so many bytes more.
    func requireRoom(for bytes: Int, _ call: ActionCall) async throws(ActionError) {
        guard let capacity = store.capacity else { return }
        let output = try await output(of: ["size", "--json", store.base, "--exclude", "/segment.*"], call)
        let used = (try? JSON.parse(output ?? []))?.map?["bytes"]?.int ?? 0
        if used <= capacity, bytes <= capacity - used { return }
        let free = ByteText(capacity - used)
        throw .refused(
            JobError(
                .outOfSpace,
                "Archive volume \(name) has \(free) left, the backup takes \(ByteText(bytes)): delete backups or "
                    + "enlarge the volume."))
    }

    private static let description = "metadata.json"
    /// rclone's exit code for a folder that is not there.
    private static let absent = 3

    private func at(_ path: String) -> String {
        store.base.hasSuffix(":") || store.base.hasSuffix("/") ? store.base + path : "\(store.base)/\(path)"
    }

    /// What rclone says; `nil` when there is nothing at the path.
    private func output(of words: [String], _ call: ActionCall) async throws(ActionError) -> [UInt8]? {
        let answer = try await run(words, call)
        if answer.exitCode == Self.absent, !store.isBucket { return nil }
        try require(answer)
        return answer.output
    }

    private func run(
        _ words: [String], input: [UInt8] = [], _ call: ActionCall,
        line: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws(ActionError) -> ExternalProgram.Answer {
        var program = try Rclone.program(account)
        program.arguments = words + Rclone.patience + store.flags
        program.environment.merge(store.environment) { _, given in given }
        program.environment[OrphanProcesses.variable] = OrphanProcesses.mark(of: call)
        program.outputLimit = 64 * 1024 * 1024
        guard let host = store.host else { return try await program.run(input, within: call, line: line) }
        let file = try KnownHostsFile(host.knownHosts, for: account, call)
        defer { file.remove() }
        program.environment[ArchiveStore.variable("KNOWN_HOSTS_FILE")] = file.path
        let answer = try await program.run(input, within: call, line: line)
        if answer.exitCode != 0, answer.messages.contains(where: { $0.contains("knownhosts: key") }) {
            throw .refused(host.refusal(shown: try await host.shown(to: account, call)))
        }
        return answer
    }

    private static func percent(in line: String) -> Int? {
        guard line.hasPrefix("{"), let stats = (try? JSON.parse(line.utf8))?.map?["stats"]?.map,
            let done = stats["bytes"]?.int, let total = stats["totalBytes"]?.int, total > 0
        else { return nil }
        return min(100, Int(Double(done) / Double(total) * 100))
    }
}
