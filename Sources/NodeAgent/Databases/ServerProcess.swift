import CProcess
import Dispatch
import Glibc
import JobEngine
import Values

/// The process that serves a database, as its engine names it.
struct ServerProcess: Codable, Sendable, Hashable {
    let id: Int
    /// When it was started, in the engine's words: a number that was given out again has other ones.
    let started: String

    init(id: Int, started: String) {
        self.id = id
        self.started = started
    }

    /// - Parameter value: The member `process` of an engine's answer; `nil` for none.
    init?(_ value: Value?) {
        guard let id = value?.map?["id"]?.int, let started = value?.map?["started"]?.string, id > 1 else { return nil }
        self.init(id: id, started: started)
    }
}

/// Tells once that a process has ended, at once and without asking again and again.
///
/// It does so as long as it is kept; whoever keeps it is told on another thread.
final class ProcessExit {
    let process: ServerProcess
    private let source: any DispatchSourceRead

    /// - Parameter process: As the engine named it just now, so that the number is still its own.
    /// - Returns: `nil` when it is gone already, or the kernel has no descriptors for processes.
    init?(of process: ServerProcess, _ told: @escaping @Sendable () -> Void) {
        let descriptor = confd_process_open(pid_t(clamping: process.id))
        guard descriptor >= 0 else { return nil }
        self.process = process
        source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: .global())
        let source = source
        source.setEventHandler {
            source.cancel()
            told()
        }
        source.setCancelHandler { close(descriptor) }
        source.activate()
    }

    deinit { source.cancel() }
}
