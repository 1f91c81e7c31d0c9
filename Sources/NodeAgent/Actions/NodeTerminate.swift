import NodeCommands

#if canImport(Glibc)
import Glibc
#endif

extension CommandHandler {
    /// Ends the daemon of this node.
    ///
    /// - Parameter end: Asks for the end of this process, as an operator does.
    package static func terminating(
        by end: @escaping @Sendable () -> Void = { _ = kill(getpid(), SIGTERM) }
    ) -> CommandHandler {
        CommandHandler(NodeTerminate.self) { (_, call) async throws(ActionError) in
            try call.check()
            end()
            return NoAnswer()
        }
    }
}
