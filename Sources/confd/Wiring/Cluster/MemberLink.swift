import Certificates
import EtcdStore
import Logging
import NodeAgent
import PeerLink
import Posix
import Synchronization

/// Who a machine is in its cluster, what it shows other members, and how it asks them; no store is needed for it.
final class MemberLink: Sendable {
    let folder: MemberFolder
    /// The installation's directory.
    let root: String
    /// For what goes through the network: `spool/cluster`, the daemon's alone.
    let spoolPath: String
    /// Where goes what this machine had and the cluster has not.
    var asidePath: String { spoolPath + "/aside" }
    let credentials: PeerCredentials
    let terms: KeptTerm
    let caller: PeerClient
    private let member: Mutex<State>

    private struct State {
        var file: MemberFile
        /// The machine is in no cluster any more: nothing of one is written down again.
        var isForgotten = false
    }

    /// - Throws: ``Failure`` for files of `etc/cluster` that cannot be used.
    init(_ file: MemberFile, of installation: Installation, logger: Logger) throws(Failure) {
        root = installation.root.directory
        folder = MemberFolder(root: root)
        spoolPath = try Self.makeSpool(installation.root.spool)
        member = Mutex(State(file: file))
        do throws(CertificateError) {
            credentials = try PeerCredentials(try Self.material(folder))
        } catch {
            throw Failure("The certificate of this node in \(folder.path) cannot be used: \(error.message)", .badData)
        }
        terms = KeptTerm(in: spoolPath)
        caller = PeerClient(credentials: credentials, terms: terms, logger: logger)
    }

    /// Who it is.
    var file: MemberFile { member.withLock { $0.file } }

    /// Whether this node has left its cluster.
    var isForgotten: Bool { member.withLock { $0.isForgotten } }

    /// Keeps another word on who it is.
    ///
    /// - Throws: `unusable`.
    func change(_ change: (inout MemberFile) -> Void) throws(MemberFileFault) {
        try member.withLock { (state) throws(MemberFileFault) in
            var next = state.file
            change(&next)
            if next == state.file || state.isForgotten { return }
            try folder.write(next)
            state.file = next
        }
    }

    /// Keeps another certificate.
    ///
    /// - Throws: `unusable`.
    func keep(_ material: PeerMaterial) throws(MemberFileFault) {
        try member.withLock { (state) throws(MemberFileFault) in
            if state.isForgotten { return }
            try folder.write(
                JoinGrant(
                    certificate: material.certificate, authority: material.authorities,
                    revocations: material.revocations, member: state.file))
        }
    }

    /// Has this node be in no cluster from now on; what runs goes on until the daemon ends.
    ///
    /// - Throws: `unusable`; the node is a member still when its file is there.
    func forget() throws(MemberFileFault) {
        try member.withLock { (state) throws(MemberFileFault) in
            try folder.clear()
            state.isForgotten = true
        }
    }

    /// What its etcd shows and believes.
    var etcdTLS: EtcdTLS {
        let material = credentials.material
        return EtcdTLS(
            certificate: material.certificate, key: material.key, authority: material.authorities,
            revocations: material.revocations)
    }

    /// What it shows the etcd of other nodes.
    ///
    /// - Throws: `CertificateError`.
    func etcdCredentials() throws(CertificateError) -> EtcdCredentials {
        let material = credentials.material
        return try EtcdCredentials(
            authorities: Array(material.authorities.utf8), certificate: Array(material.certificate.utf8),
            key: Array(material.key.utf8))
    }

    /// The plan of its etcd in the life the file says.
    var etcdPlan: EtcdMemberPlan {
        let file = file
        return EtcdMemberPlan(
            EtcdIdentity(cluster: file.cluster, generation: file.generation, node: file.node, life: file.life),
            address: file.address, clientPort: file.ports.etcdClients, peerPort: file.ports.etcdMembers)
    }

    private static func material(_ folder: MemberFolder) throws(CertificateError) -> PeerMaterial {
        let kept: MemberCredentials?
        do throws(MemberFileFault) {
            kept = try folder.credentials()
        } catch {
            throw CertificateError(.notServable, error.description)
        }
        guard let kept else { throw CertificateError(.notServable, "A file is missing; have the node join anew.") }
        let text = { (bytes: [UInt8]) in String(decoding: bytes, as: UTF8.self) }
        return PeerMaterial(
            certificate: text(kept.certificate), key: text(kept.key), authorities: text(kept.trust),
            revocations: text(kept.revocations))
    }

    private static func makeSpool(_ parent: String) throws(Failure) -> String {
        do throws(SystemFault) {
            let folder = try Descriptor.trusted(parent).makeFolder("cluster", mode: 0o700).folder
            for name in ["aside", "files"] { _ = try folder.makeFolder(name, mode: 0o700) }
        } catch {
            throw Failure("\(parent)/cluster cannot be made: \(error)", .cannotCreate)
        }
        return parent + "/cluster"
    }
}
