import Posix
import Subprocess
import SystemPackage

/// Has an archive unpacked by a process of its own, which is our own program once more and has nothing of ours: neither
/// memory nor environment nor descriptors.
struct UnpackingProcess: Sendable {
    /// Whatever became of the file: it is this very program.
    private static let program = "/proc/self/exe"
    /// Bytes of its answer.
    private static let answerLimit = 4096

    let order: UnpackingOrder
    let archive: Descriptor
    /// An empty folder of the owner's.
    let folder: Descriptor

    /// Returns when it is done; a cancelled task ends the process.
    func run() async throws(ArchiveFault) {
        let answer: ExecutionResult<Void, StringOutput<UTF8>, DiscardedOutput>
        do {
            answer = try await Subprocess.run(
                .path(FilePath(Self.program)),
                arguments: Arguments(
                    executablePathOverride: "confd", remainingValues: [UnpackingOrder.command] + order.words),
                environment: .custom([:]), workingDirectory: FilePath("/proc/self/fd/\(folder.number)"),
                input: .fileDescriptor(FileDescriptor(rawValue: archive.number), closeAfterSpawningProcess: false),
                output: .string(limit: Self.answerLimit), error: .discarded)
        } catch {
            throw Task.isCancelled ? .abandoned : .told("no process could be started for it: \(error)")
        }
        switch answer.terminationStatus {
        case .exited(0): return
        case .exited: throw .told(ArchiveFault.shown(answer.standardOutput, most: 1000))
        case .signaled(let signal):
            throw Task.isCancelled ? .abandoned : .told("the process that unpacks it ended by signal \(signal)")
        }
    }
}
