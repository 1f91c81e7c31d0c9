import EXAConf
import EtcdStore
import JobEngine
import Logging
import NodeAgent
import PeerLink
import Replication
import SQLiteStore

/// Who this node is in its cluster, what it shows other nodes, how it asks them, and its store, which has what they ask for.
final class NodeLink: Sendable {
    /// What needs no store.
    let identity: MemberLink
    let store: SQLiteStore
    let asking: StateAsking
    let spool: StateSpool
    let peers: PeerCatchUp

    var folder: MemberFolder { identity.folder }
    /// The installation's directory.
    var root: String { identity.root }
    /// As ``MemberLink/spoolPath``.
    var spoolPath: String { identity.spoolPath }
    /// As ``MemberLink/asidePath``.
    var asidePath: String { identity.asidePath }
    var credentials: PeerCredentials { identity.credentials }
    var terms: KeptTerm { identity.terms }
    var caller: PeerClient { identity.caller }
    /// Who it is.
    var file: MemberFile { identity.file }
    /// The plan of its etcd in the life the file says.
    var etcdPlan: EtcdMemberPlan { identity.etcdPlan }

    /// - Throws: ``Failure`` for files of `etc/cluster` that cannot be used.
    init(_ file: MemberFile, of installation: Installation, store: SQLiteStore, logger: Logger) throws(Failure) {
        let identity = try MemberLink(file, of: installation, logger: logger)
        (self.identity, self.store) = (identity, store)
        spool = StateSpool(identity.spoolPath)
        let others = file.others
        asking = StateAsking(identity.caller, spool: spool) {
            let told = await store.nodes()
            let known = told.map { PeerAddress(node: $0.node, address: $0.address, port: $0.peerPort) }
            let rest = others.filter { other in !known.contains { $0.node == other.node } }
            return (known + rest).filter { $0.node != file.node && $0.node != ClusterStatus.Witness.number }
        }
        peers = PeerCatchUp(asking, sink: store, asideFolder: identity.asidePath, log: logger)
    }

    /// That of an installation; `nil` for a node that takes part in no cluster.
    ///
    /// - Throws: ``Failure`` for files of `etc/cluster` that cannot be used.
    static func member(
        of installation: Installation, _ store: SQLiteStore, _ logger: Logger
    ) throws(Failure) -> NodeLink? {
        let file: MemberFile?
        do throws(MemberFileFault) {
            file = try MemberFolder(root: installation.root.directory).member()
        } catch {
            throw Failure(error)
        }
        return try file.map { (file) throws(Failure) in
            try NodeLink(file, of: installation, store: store, logger: logger)
        }
    }

    /// Its number, when the configuration does not say that it is another one.
    ///
    /// - Throws: ``Failure`` for a contradiction.
    func node(in document: Document) throws(Failure) -> Int {
        let addresses = document.nodes.compactMap { node in
            node.id.flatMap { id in node.privateNet.map { (id, $0.address) } }
        }
        let known = Dictionary(addresses) { first, _ in first }
        if let fault = file.contradiction(nodeUUID: nil, addresses: known) { throw Failure(fault) }
        return file.node
    }

    /// As ``MemberLink/change(_:)``.
    func change(_ change: (inout MemberFile) -> Void) throws(MemberFileFault) { try identity.change(change) }

    /// As ``MemberLink/keep(_:)``.
    func keep(_ material: PeerMaterial) throws(MemberFileFault) { try identity.keep(material) }

    /// As ``MemberLink/forget()``.
    func forget() throws(MemberFileFault) { try identity.forget() }
}

extension SQLiteStore {
    /// The members that are nodes, as far as the state of this one says; none where it cannot be read.
    func nodes() async -> [ReplicatedMember] {
        ((try? await members()) ?? []).filter { $0.node != ClusterStatus.Witness.number }
    }
}
