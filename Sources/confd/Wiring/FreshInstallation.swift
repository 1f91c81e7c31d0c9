import Access
import EXAConf
import Foundation
import JobEngine
import NodeAgent

/// A new one-node cluster in an empty directory.
struct FreshInstallation {
    var cluster = FreshCluster()
    /// The administrator's password; made up when `nil`.
    var password: String?

    /// What the operator has to be told once.
    struct Outcome {
        let administrator: String
        /// Only a password that was made up is shown.
        let madeUpPassword: String?
    }

    /// Writes configuration, certificate and PAM file.
    ///
    /// - Throws: ``Failure`` when there is a configuration already, or a file cannot be written.
    func make(in installation: Installation, pamService: String) throws(Failure) -> Outcome {
        guard installation.isEmpty else {
            throw Failure(
                "There is a cluster in \(installation.root.directory) already; 'confd serve' starts with it.",
                .cannotCreate)
        }
        var random = RandomSource.system
        let madeUp = password == nil ? Identifiers.password(using: &random) : nil
        let text = password ?? madeUp ?? ""
        guard let hash = ShadowHash.make(Password(text)) else {
            throw Failure("CONFD_ADMIN_PASSWORD cannot be used: it has to have 1 to 511 bytes.", .badSettings)
        }
        var cluster = cluster
        cluster.administratorPasswordHash = hash.text
        try installation.makeFolders()
        let document = try Self.document(cluster, &random)
        try installation.write(document.text, to: installation.root.configuration, mode: 0o600)
        if let uuid = document.nodes.first?.uuid {
            try installation.write(uuid + "\n", to: installation.root.nodeUUID, mode: 0o600)
        }
        try installation.makeCertificate(for: document, node: cluster.nodeID)
        try installation.writePAMFile(service: pamService)
        return Outcome(administrator: cluster.administrator, madeUpPassword: madeUp)
    }

    private static func document(
        _ cluster: FreshCluster, _ random: inout RandomSource
    ) throws(Failure) -> Document {
        do throws(EXAConfError) {
            return try Document.fresh(cluster, using: &random).committed().document
        } catch {
            throw Failure(error.message, .badSettings)
        }
    }
}
