import Access
import Certificates
import EXAConf
import EtcdStore
import FoundationEssentials
import JobEngine
import Logging
import NodeAgent
import PeerLink
import Posix

/// Makes a cluster of one node that was alone: its authority, its etcd, and the log its engine stands on from then on.
struct Founding {
    let settings: DaemonSettings
    let installation: Installation
    let life: ClusterLife
    let makeParts: @Sendable (NodeLink, NodeEtcd) async throws(Failure) -> ClusterLife.Parts

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
        guard !settings.hasOwnEtcd || Path.isExecutable(settings[\.etcdPath]) else {
            throw JobError(.unsupported, JoinRefusal.noEtcd.description)
        }
        let address = settings[\.clusterAddress] ?? network.address
        let folder = MemberFolder(root: installation.root.directory)
        let log = engine.logger
        do {
            // What an attempt left that did not come to its end.
            try await LeftCluster(installation, engine.store).settle()
            let file = try keep(in: folder, node: node, address: address)
            let link = try NodeLink(file, of: installation, store: engine.store, logger: log)
            let etcd: NodeEtcd
            do throws(Failure) {
                etcd = try NodeEtcd(link.identity, settings: settings, logger: log)
            } catch {
                await link.caller.close()
                throw error
            }
            life.carry(etcd)
            let version: String
            do {
                try await etcd.start(link.etcdPlan)
                try await etcd.answers(link.etcdPlan)
                let asked = etcd.external.first ?? link.etcdPlan.clients
                version = (try? await etcd.client.status(of: asked))?.version ?? ""
                try await engine.scheduler.change {
                    let parts = try await makeParts(link, etcd)
                    // From here on it is a member, whatever ends the daemon: before, the next start finds a node alone.
                    try folder.write(file)
                    await take(parts)
                    return parts.log.ground { engine.metered($0) }
                }
            } catch {
                etcd.close()
                await link.caller.close()
                throw error
            }
            let name = configuration.global.clusterName ?? "exa1"
            let places = etcd.external.map(\.description).joined(separator: ", ")
            let place = places.isEmpty ? "\(address):\(file.ports.etcdClients)-\(file.ports.etcdMembers)" : places
            let kind = places.isEmpty ? "etcd" : "external etcd"
            return "node \(node) is a cluster of its own now: \(name), \(kind) \(version) on \(place), "
                + "nodes on \(file.ports.nodes)"
        } catch {
            try? folder.clear()
            // What cannot be put away now is at the next attempt, or the next start.
            do throws(Failure) {
                try await LeftCluster(installation, engine.store).settle()
            } catch {
                log.error("a founding that failed has left something", metadata: ["cause": "\(error)"])
            }
            switch error {
            case let fault as PeerFault: throw JobError(.unsupported, fault.message)
            case let fault as MemberFileFault: throw JobError(.unsupported, fault.description)
            case let failure as Failure: throw JobError(.unsupported, failure.description)
            default: throw error
            }
        }
    }

    /// Writes down how the node proves who it is to be, and not yet that it is.
    private func keep(in folder: MemberFolder, node: Int, address: String) throws(Failure) -> MemberFile {
        let now = Date()
        var file = MemberFile(
            member: SecureRandom.hex(bytes: 8), node: node, cluster: UUID().uuidString.lowercased(), generation: 1,
            life: 1, address: address, ports: try settings.clusterPorts())
        (file.isVoter, file.isEtcdExternal) = (settings.hasOwnEtcd, !settings.hasOwnEtcd)
        do {
            let authority = try ClusterAuthority.make(cluster: file.cluster, now: now)
            let request = try SigningRequest(commonName: "confd node \(node)", names: []).pem(signedBy: folder.key())
            let certificate = try authority.issue(
                to: MemberIdentity(cluster: file.cluster, member: node, address: address),
                for: ReceivedRequest(pem: Array(request.utf8)), now: now)
            try ClusterAuthorityFiles(root: installation.root.directory).write(authority)
            try folder.write(
                credentialsOf: JoinGrant(
                    certificate: certificate.pem, authority: authority.certificate.pem,
                    revocations: authority.revocationList(of: [], now: now), member: file))
        } catch let error as CertificateError {
            throw Failure(error.message, .badData)
        } catch {
            throw Failure("\(error)", .ioError)
        }
        return file
    }
}
