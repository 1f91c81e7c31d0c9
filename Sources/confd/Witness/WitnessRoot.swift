import EtcdStore
import NodeAgent
import PeerLink

/// An installation that is the witness of a cluster: it has who it is, its certificate and its etcd, and nothing else.
struct WitnessRoot {
    let settings: DaemonSettings
    let installation: Installation
    let folder: MemberFolder
    let file: MemberFile

    /// `nil` for every other installation, and for whoever may not look.
    init?(_ settings: DaemonSettings) {
        let installation = Installation(settings)
        let folder = MemberFolder(root: installation.root.directory)
        guard let file = try? folder.member(), file.isWitness else { return nil }
        (self.settings, self.installation, self.folder, self.file) = (settings, installation, folder, file)
    }

    /// Removes all it had of its cluster; nothing runs on it any more.
    ///
    /// - Throws: ``Failure`` with what is in the way; it is a witness still, or can be cleared once more.
    func clear() async throws(Failure) {
        do {
            try await EtcdFolder(root: installation.root.directory).removeLeftover()
            try LeftCluster.removeKept(in: installation)
            try folder.clear()
            try folder.write(leaving: nil)
        } catch {
            throw Failure("What is left of the cluster cannot be put away: \(error)", .ioError)
        }
    }
}
