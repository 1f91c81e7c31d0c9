import Subprocess
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// A program outside the daemon that is started anew for each request: it reads the request from its standard input,
/// answers on its standard output, and may tell how far it is in lines on its standard error.
///
/// It gets a session of its own, so that whatever it starts ends with it, and none of the daemon's environment.
package struct ExternalProgram: Sendable, Hashable {
    /// Absolute path of the executable.
    package let path: String
    /// What follows its name; other users of the machine can read it, so it holds no secret.
    package var arguments: [String] = []
    /// Every variable it sees.
    package var environment: [String: String] = ["PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
    /// Where it starts; absolute.
    package var directory = "/"
    /// Whom it runs as; `nil` for the daemon's own user.
    package var account: Account?
    /// Bytes of an answer; a program that says more has failed. Default 4 MiB.
    package var outputLimit = 4 * 1024 * 1024
    /// Address space in bytes of each of its processes; `nil` for no limit.
    package var memoryLimit: Int?
    /// How long it has between being asked to end and being ended. Default 10 s.
    package var grace = Duration.seconds(10)

    /// A program with its path and nothing else said of it.
    package init(_ path: String) {
        self.path = path
    }

    /// A user of this machine.
    package struct Account: Sendable, Hashable {
        /// The user's id.
        package let userID: UInt32
        /// The user's own group.
        package let groupID: UInt32
        /// All groups of the user.
        package let groupIDs: [UInt32]

        /// Takes ids as they are; nothing is looked up.
        package init(userID: UInt32, groupID: UInt32, groupIDs: [UInt32] = []) {
            self.userID = userID
            self.groupID = groupID
            self.groupIDs = groupIDs
        }
    }

    /// What came of a run that was neither cancelled nor late.
    package struct Answer: Sendable, Hashable {
        /// 0 for success; 128 and the signal's number when a signal ended it.
        package let exitCode: Int
        /// Its standard output.
        package let output: [UInt8]
        /// The last lines of its standard error, at most 40.
        package let messages: [String]
    }

    /// Runs it to its end.
    ///
    /// - Parameters:
    ///   - input: What it reads; secrets belong here.
    ///   - call: Bounds the run: its deadline and its cancellation end the program and all it started.
    ///   - line: Told each line of standard error as it comes.
    /// - Throws: ``ActionError``: `cancelled`, `timedOut`, or `failed` with code 126 when it cannot be started or says
    ///   too much.
    package func run(
        _ input: [UInt8], within call: ActionCall, line: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws(ActionError) -> Answer {
        Self.ignoreBrokenPipes
        return try await call.bounded { () async throws(ActionError) in
            do {
                return try await self.start(input, line)
            } catch {
                if Task.isCancelled { throw ActionError.cancelled }
                throw ActionError.failed(code: 126, message: "\(path) could not be run: \(error)")
            }
        }
    }

    private func start(_ input: [UInt8], _ line: @escaping @Sendable (String) -> Void) async throws -> Answer {
        let ended = try await Subprocess.run(
            .path(FilePath(command[0])), arguments: Arguments(Array(command.dropFirst())), environment: variables,
            workingDirectory: FilePath(directory), platformOptions: options, input: .inputWriter,
            output: .bytes(limit: outputLimit), error: .sequence
        ) { program in
            async let writing: Void = Self.write(input, to: program.standardInputWriter)
            var last: [String] = []
            for try await text in program.standardError.strings(bufferingPolicy: .maxLineLength(64 * 1024)) {
                line(text)
                last.append(text)
                if last.count > 40 { last.removeFirst() }
            }
            await writing
            return last
        }
        return Answer(
            exitCode: Self.code(of: ended.terminationStatus), output: ended.standardOutput,
            messages: ended.closureResult)
    }

    /// A program need not read its request to the end, or at all; the library traps when that ends a write of its own.
    private static func write(_ input: [UInt8], to writer: StandardInputWriter) async {
        _ = try? await writer.write(input)
        try? await writer.finish()
    }

    /// A program that ends before it has read its request must not end the daemon with a signal.
    private static let ignoreBrokenPipes: Void = { _ = signal(SIGPIPE, SIG_IGN) }()

    /// What is started: the program itself, or programs of the system that become another user, limit themselves, and
    /// then become the program.
    ///
    /// A process with threads cannot become somebody else between fork and exec: the C library waits there for threads
    /// the child does not have.
    private var command: [String] {
        let limited = memoryLimit.map { ["/usr/bin/prlimit", "--as=\($0)", "--"] } ?? []
        guard let account else { return limited + [path] + arguments }
        let groups = account.groupIDs.map(String.init).joined(separator: ",")
        return [
            "/usr/bin/setpriv", "--reuid", String(account.userID), "--regid", String(account.groupID),
        ] + (groups.isEmpty ? ["--clear-groups"] : ["--groups", groups]) + ["--no-new-privs", "--"] + limited + [path]
            + arguments
    }

    private var variables: Environment {
        .custom(Dictionary(uniqueKeysWithValues: environment.map { (Environment.Key(stringLiteral: $0), $1) }))
    }

    private var options: PlatformOptions {
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [.gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: grace)]
        return options
    }

    private static func code(of status: TerminationStatus) -> Int {
        switch status {
        case .exited(let code): Int(code)
        case .signaled(let signal): 128 + Int(signal)
        }
    }
}

extension ExternalProgram.Account {
    /// The user of a name with all groups of that user, `nil` when this machine has none.
    package init?(named name: String) {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16_384)
        guard getpwnam_r(name, &entry, &buffer, buffer.count, &found) == 0, found != nil else { return nil }
        var groups = Array(repeating: UInt32(0), count: 1024)
        var count = Int32(groups.count)
        guard getgrouplist(name, entry.pw_gid, &groups, &count) >= 0 else { return nil }
        self.init(userID: entry.pw_uid, groupID: entry.pw_gid, groupIDs: Array(groups.prefix(Int(count))))
    }
}
