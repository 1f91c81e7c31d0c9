import JobEngine
package import Values

/// Something a node can be told to do.
///
/// It either does its work wholly or leaves nothing of it behind. It runs on the thread for files: what takes long must
/// wait without holding it.
package protocol NodeAction: Sendable {
    /// The name commands call it by, such as `certificate.install`.
    static var name: String { get }
    /// Does the work and gives the answer of the command.
    ///
    /// - Throws: ``ActionError``, with a message for the caller of the job.
    func run(_ call: ActionCall) async throws(ActionError) -> Value
}

/// Every action this node knows.
package enum NodeActions {
    /// One line for each.
    package static let all: [any NodeAction] = [
        LicenseInstall(),
        LicenseRestore(),
        LicenseRead(),
        CertificateInstall(),
        CertificateRestore(),
        KeytabInstall(),
        KeytabRestore(),
        StorageLook(),
        StorageRestore(),
        StorageVolumeArrange(),
        StorageVolumeFit(),
        StorageVolumeSet(),
        StorageVolumeClear(),
        StorageDeviceSet(),
        StorageNodeSet(),
        StorageCalibrate(),
        NetworkLinkSpeed(),
        NodeTerminate(),
        PluginInstall(),
        PluginRemove(),
        JobProgramCheck(),
        JobProgramRun(),
        JobProgramUndo(),
    ]
}
