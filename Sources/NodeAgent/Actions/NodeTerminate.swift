import JobEngine
package import Values

#if canImport(Glibc)
import Glibc
#endif

/// `node.terminate`: asks the daemon of this node to end; the machine stays up.
package struct NodeTerminate: NodeAction {
    /// Stored in job records: it stays what it is.
    package static let name = "node.terminate"
    private let end: @Sendable () -> Void

    /// - Parameter end: Asks for the end of this process, as an operator does.
    package init(end: @escaping @Sendable () -> Void = { _ = kill(getpid(), SIGTERM) }) {
        self.end = end
    }

    /// Answers null, and before the daemon has ended: it lets commands that run tell how they ended.
    package func run(_ call: ActionCall) async throws(ActionError) -> Value {
        try call.check()
        end()
        return .null
    }
}
