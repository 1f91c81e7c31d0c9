import CProcess
import Dispatch
import Glibc
import Posix

/// A hold on one run of etcd: signals reach it and no process that got its number since, and its end is told at once.
final class EtcdHold: Sendable {
    let run: EtcdRun
    private let process: Descriptor

    /// - Returns: `nil` when the run has ended.
    /// - Throws: When the system gives no hold on processes.
    static func take(_ run: EtcdRun) throws(SystemFault) -> EtcdHold? {
        do throws(SystemFault) {
            let hold = EtcdHold(run, try Descriptor(confd_process_open(run.id)))
            // Looked at behind the hold: until then the number could go to somebody else.
            return ProcessFacts.run(run.id) == run ? hold : nil
        } catch  where error.code == ESRCH {
            return nil
        }
    }

    private init(_ run: EtcdRun, _ process: Descriptor) {
        (self.run, self.process) = (run, process)
    }

    /// A run that has ended is none.
    func signal(_ number: Int32) throws(SystemFault) {
        guard confd_process_signal(process.number, number) != 0, errno != ESRCH else { return }
        throw SystemFault()
    }

    /// Returns when it has ended, or the task is cancelled.
    func end() async {
        let (ends, tell) = AsyncStream<Void>.makeStream()
        let source = DispatchSource.makeReadSource(fileDescriptor: process.number, queue: .global())
        source.setEventHandler { tell.finish() }
        // The descriptor is closed when nobody looks at it any more.
        source.setCancelHandler { withExtendedLifetime(self) {} }
        source.activate()
        for await _ in ends {}
        source.cancel()
    }
}
