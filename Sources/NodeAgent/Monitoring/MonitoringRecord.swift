import Certificates
import JobEngine
import NodeCommands
import Values

/// What the exporter of this machine was last told, as a digest; no record, and it does not run.
struct MonitoringRecord: Sendable {
    private let path: String
    private let files: DurableFile

    init(_ root: InstallationRoot, _ files: DurableFile) {
        path = root.etc + "/monitoring.digest"
        self.files = files
    }

    /// What is kept; `nil` when it was told nothing, or to end.
    var content: [UInt8]? { get throws(InstallError) { try files.read(path) } }

    /// Whether it runs with these settings.
    func has(_ settings: MonitoringStart) throws(InstallError) -> Bool {
        try files.read(path) == Self.digest(of: settings)
    }

    /// To be called before it is told: a node that is killed meanwhile stops it, or tells it once more.
    func begin() throws(InstallError) { try files.write(Array("begun\n".utf8), to: path, mode: 0o600) }

    /// It was told.
    func keep(_ settings: MonitoringStart) throws(InstallError) {
        try files.write(Self.digest(of: settings), to: path, mode: 0o600)
    }

    /// It was told nothing new.
    func bring(back former: [UInt8]?) throws(InstallError) {
        if let former { try files.write(former, to: path, mode: 0o600) } else { try drop() }
    }

    /// It has ended.
    func drop() throws(InstallError) { try files.remove(path) }

    /// The password is in the configuration beside it, which the same people can read.
    private static func digest(of settings: MonitoringStart) -> [UInt8] {
        let told: Value = [
            .string(settings.broker), .string(settings.cluster), .string(settings.user), .string(settings.password),
        ]
        return Array((Digest.sha256Hex(JSON.bytes(told)) + "\n").utf8)
    }
}
