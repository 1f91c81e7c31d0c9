package import NodeCommands
import Values

/// How this node does one kind of command.
///
/// It either does its work wholly or leaves nothing of it behind. It runs on the thread for files: what takes long must
/// wait without holding it.
package struct CommandHandler: Sendable {
    /// The kind, by the name records have for it.
    package let name: String
    private let work: @Sendable ([String: Value], ActionCall) async throws(ActionError) -> Value

    /// A handler that does what a closure does.
    ///
    /// - Parameter work: Gets what the node is told; its errors have messages for the caller of the job.
    package init<Kind: NodeCommand>(
        _ kind: Kind.Type,
        _ work: @escaping @Sendable (Kind, ActionCall) async throws(ActionError) -> Kind.Answer
    ) {
        name = kind.name
        self.work = { (arguments, call) async throws(ActionError) in
            let answer = try await work(try Self.command(arguments), call)
            do {
                return try Value(encoding: answer)
            } catch {
                throw .failed(code: 1, message: "The answer to \(kind.name) cannot be told: \(error).")
            }
        }
    }

    /// A handler for a command that knows how it is done.
    init<Kind: NodeAction>(_ kind: Kind.Type) {
        self.init(kind) { (command, call) async throws(ActionError) in try await command.run(call) }
    }

    /// Does a stored command.
    ///
    /// - Throws: `failed` with code 2 for arguments that are missing or unfit, and what the work itself ends with.
    func run(_ arguments: [String: Value], _ call: ActionCall) async throws(ActionError) -> Value {
        try await work(arguments, call)
    }

    /// What the node is told, read out of the stored form.
    private static func command<Kind: NodeCommand>(_ arguments: [String: Value]) throws(ActionError) -> Kind {
        do throws(ValueFault) {
            return try Value.map(arguments).decoded()
        } catch {
            throw .argument(error.place, error.rule)
        }
    }
}

/// A command that is done with files of the installation alone.
protocol NodeAction: NodeCommand {
    /// Does it.
    ///
    /// - Throws: ``ActionError``, with a message for the caller of the job.
    func run(_ call: ActionCall) async throws(ActionError) -> Answer
}

extension CommandHandler {
    /// What every node can do; one line for each.
    package static let builtIn: [CommandHandler] = [
        CommandHandler(CertificateInstall.self),
        CommandHandler(CertificateRestore.self),
        CommandHandler(CertificateRenew.self),
        CommandHandler(CertificateRequestMake.self),
        CommandHandler(CertificateRequestDrop.self),
        CommandHandler(CertificateRequestSettle.self),
        CommandHandler(LicenseInstall.self),
        CommandHandler(LicenseRestore.self),
        CommandHandler(LicenseRead.self),
        CommandHandler(KeytabInstall.self),
        CommandHandler(KeytabRestore.self),
        CommandHandler(OnStorage<StorageLook>.self),
        CommandHandler(OnStorage<StorageRestore>.self),
        CommandHandler(OnStorage<StorageVolumeArrange>.self),
        CommandHandler(OnStorage<StorageVolumeFit>.self),
        CommandHandler(OnStorage<StorageVolumeSet>.self),
        CommandHandler(OnStorage<StorageVolumeClear>.self),
        CommandHandler(OnStorage<StorageDeviceSet>.self),
        CommandHandler(OnStorage<StorageNodeSet>.self),
        CommandHandler(OnStorage<StorageCalibrate>.self),
        .network(),
        .terminating(),
        CommandHandler(PluginInstall.self),
        CommandHandler(PluginRemove.self),
        CommandHandler(JobProgramCheck.self),
        CommandHandler(JobProgramRun.self),
        CommandHandler(JobProgramUndo.self),
        CommandHandler(LogCollect.self),
        CommandHandler(DebugRemove.self),
    ]
}
