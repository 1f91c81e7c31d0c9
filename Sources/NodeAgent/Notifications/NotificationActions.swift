package import JobEngine
import NodeCommands

extension CommandHandler {
    /// What a node can do about whom it tells; one line for each.
    ///
    /// - Parameter targets: Whom this node tells.
    package static func notifying(_ targets: any NotificationTargets) -> [CommandHandler] {
        [
            CommandHandler(NotificationTry.self) { (command, call) async throws(ActionError) in
                try await call.bounded { () async throws(ActionError) -> NoAnswer in
                    do throws(JobError) {
                        try await targets.tryTarget(command.target)
                        return NoAnswer()
                    } catch {
                        if error.code == .objectMissing { throw .refused(error) }
                        throw .failed(code: 1, message: error.message)
                    }
                }
            },
            CommandHandler(NotificationLook.self) { (_, _) async throws(ActionError) in targets.standings },
        ]
    }
}
