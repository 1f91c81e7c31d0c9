import Access
import Certificates
import EXAConf
import EtcdStore
import FoundationEssentials
import Glibc
import JobEngine
import NodeAgent
import PeerLink
import Posix

/// Makes a cluster of one node that was alone: its authority, its etcd, and the log its engine stands on from then on.
struct Founding {
    let settings: DaemonSettings
    let installation: Installation
    let life: ClusterLife
    let makeParts: @Sendable (NodeEtcd) async throws(Failure) -> ClusterLife.Parts

    /// - Returns: What there is to say of it, a sentence.
    /// - Throws: ``JobError`` when it cannot be done; the node is alone still.
    func run(
        _ engine: Engine, node: Int, take: (ClusterLife.Parts) async -> Void
    ) async throws -> String {
        let configuration = engine.scheduler.configuration.document
        guard let network = configuration.node(id: node)?.privateNet else {
            throw JobError(
                .unsupported, "EXAConf has no PrivateNet for node \(node): without one no other node finds it.")
        }
        guard settings.hasOwnEtcd else {
            throw JobError(.unsupported, "A cluster over an etcd of somebody else is not founded by an invitation yet.")
        }
        guard Path.isExecutable(settings[\.etcdPath]) else {
            throw JobError(.unsupported, JoinRefusal.noEtcd.description)
        }
        let address = settings[\.clusterAddress] ?? network.address
        let folder = MemberFolder(root: installation.root.directory)
        let log = engine.logger
        do {
            let file = try keep(folder, node, address)
            let link = try NodeLink(file, installation, engine.store, log)
            let etcd: NodeEtcd
            do throws(Failure) {
                etcd = try NodeEtcd(link, settings, log)
            } catch {
                await link.caller.close()
                throw error
            }
            life.carry(etcd)
            do throws(PeerFault) {
                try await etcd.start(link.etcdPlan)
                try await etcd.answers(link.etcdPlan)
            } catch {
                etcd.close()
                await link.caller.close()
                throw JobError(.unsupported, error.message)
            }
            let version = (try? await etcd.client.status(of: link.etcdPlan.clients))?.version ?? ""
            try await engine.scheduler.change {
                let parts = try await makeParts(etcd)
                await take(parts)
                return parts.log.ground { engine.metered($0) }
            }
            let name = configuration.global.clusterName ?? "exa1"
            return "node \(node) is a cluster of its own now: \(name), engine etcd \(version) on "
                + "\(address):\(file.ports.etcdClients)-\(file.ports.etcdMembers), nodes on \(file.ports.nodes)"
        } catch {
            try? folder.clear()
            if let failure = error as? Failure { throw JobError(.unsupported, failure.description) }
            throw error
        }
    }

    /// Writes down who the node is from now on.
    private func keep(_ folder: MemberFolder, _ node: Int, _ address: String) throws(Failure) -> MemberFile {
        // What an attempt left that did not come to its end.
        try putAside()
        let now = Date()
        var file = MemberFile(
            member: SecureRandom.hex(bytes: 8), node: node, cluster: UUID().uuidString.lowercased(), generation: 1,
            life: 1, address: address, ports: try settings.clusterPorts())
        file.isVoter = true
        do {
            let authority = try ClusterAuthority.make(cluster: file.cluster, now: now)
            let request = try SigningRequest(commonName: "confd node \(node)", names: []).pem(signedBy: folder.key())
            let certificate = try authority.issue(
                to: MemberIdentity(cluster: file.cluster, member: node, address: address),
                for: ReceivedRequest(pem: Array(request.utf8)), now: now)
            try ClusterAuthorityFiles(root: installation.root.directory).write(authority)
            try folder.write(
                JoinGrant(
                    certificate: certificate.pem, authority: authority.certificate.pem,
                    revocations: authority.revocationList(of: [], now: now), member: file))
        } catch let error as CertificateError {
            throw Failure(error.message, .badData)
        } catch {
            throw Failure("\(error)", .ioError)
        }
        return file
    }

    private func putAside() throws(Failure) {
        let root = installation.root.directory
        guard Path.exists(root + "/etcd/data/member") else { return }
        do throws(SystemFault) {
            let folder = try Descriptor.trusted(root)
            let name = "etcd.aside.\(Int(Date().timeIntervalSince1970))"
            guard renameat(folder.number, "etcd", folder.number, name) == 0 else { throw SystemFault() }
        } catch {
            throw Failure("\(root)/etcd cannot be put aside: \(error)", .ioError)
        }
    }
}
