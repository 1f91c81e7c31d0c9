import EtcdStore
import Glibc
import JobEngine
import NodeAgent
import PeerLink
import Posix
import SQLiteStore

/// What is left of a cluster on a node that is in none: of one it left, or of a founding that broke off. At each start, and behind
/// each end; each step may have been done before.
struct LeftCluster {
    /// What was kept for one cluster alone, in `spool/cluster`.
    private static let kept = ["term.json", "lease", "files", "answers"]

    let installation: Installation
    let store: SQLiteStore

    init(_ installation: Installation, _ store: SQLiteStore) { (self.installation, self.store) = (installation, store) }

    /// Removes it, if this node is in no cluster, and gives it the configuration it was to have alone.
    ///
    /// - Throws: ``Failure`` with what is in the way: with that left over the node must not begin anything.
    func settle() async throws(Failure) {
        let root = installation.root.directory
        let folder = MemberFolder(root: root)
        do {
            guard try folder.member() == nil, try folder.joining() == nil else { return }
            let configuration = try folder.leaving()
            // Nothing is removed of a member that has lost the file which says that it is one.
            if configuration == nil, try await store.knowsCluster() {
                throw Failure(
                    "\(folder.path)/member.json is missing, and the store is that of a member of a cluster: alone this node "
                        + "decides nothing. Put the file back from a backup; or have the machine join anew: on another node 'confd "
                        + "cluster remove' and 'confd cluster invite', and then here 'confd cluster join TOKEN --replace'.",
                    .badData)
            }
            try await EtcdFolder(root: root).removeLeftover()
            try await store.forgetCluster()
            try Self.removeKept(in: installation)
            // A key nothing was ever got for, or that is of no use any more.
            try folder.clear()
            if let configuration {
                try Descriptor.trusted(installation.root.etc).replace("EXAConf", by: configuration, mode: 0o600)
            }
            try folder.write(leaving: nil)
        } catch let failure as Failure {
            throw failure
        } catch let fault as MemberFileFault {
            throw Failure(fault)
        } catch {
            throw Failure("What is left of a cluster cannot be put away: \(error)", .ioError)
        }
    }

    /// What a membership that is over has left in `spool/cluster`.
    static func removeKept(in installation: Installation) throws(SystemFault) {
        let path = installation.root.spool + "/cluster"
        guard Path.exists(path) else { return }
        let folder = try Descriptor.trusted(path)
        for name in kept { try Tree.remove(name, in: folder) }
        try folder.flush()
    }
}
