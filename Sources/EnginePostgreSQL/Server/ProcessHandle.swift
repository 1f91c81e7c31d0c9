import CProcess
import Foundation

/// A hold on one process: its number can be given to another one, the hold cannot.
struct ProcessHandle: ~Copyable {
    private let descriptor: Int32

    /// - Returns: `nil` when the process has ended.
    /// - Throws: `failed` when the system gives no hold on processes.
    static func open(_ process: SystemProcess) throws(EngineError) -> ProcessHandle? {
        let descriptor = confd_process_open(process.id)
        guard descriptor >= 0 else {
            if errno == ESRCH { return nil }
            throw EngineError(.failed, "Process \(process.id) cannot be held: \(String(cString: strerror(errno))).")
        }
        let handle = ProcessHandle(descriptor)
        // Looked at again behind the hold: until then the number could go to somebody else.
        guard SystemProcess(process.id) == process else { return nil }
        return handle
    }

    private init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// - Throws: `failed` when the signal may not be sent; a process that has ended is none.
    func signal(_ number: Int32) throws(EngineError) {
        guard confd_process_signal(descriptor, number) != 0, errno != ESRCH else { return }
        throw EngineError(.failed, "The server cannot be signalled: \(String(cString: strerror(errno))).")
    }

    /// Whether the process has ended, at once or within so many seconds.
    func hasEnded(within seconds: Int) -> Bool {
        let end = ContinuousClock.now + .seconds(seconds)
        while true {
            var place = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            if poll(&place, 1, seconds > 0 ? 100 : 0) > 0 { return true }
            if Task.isCancelled || ContinuousClock.now >= end { return false }
        }
    }

    /// Returns when the process has ended or another descriptor has something to be read; whether it was the first.
    func hasEnded(orTells other: Int32) -> Bool {
        var places = [descriptor, other].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        while poll(&places, 2, -1) < 0, errno == EINTR {}
        return places[0].revents != 0
    }
}
