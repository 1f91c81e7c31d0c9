import Access
import Certificates
import EXAConf
import Foundation
import NodeAgent
import PeerLink
import Posix
import Values

/// Makes a machine with an invitation a member: everything that can be found out is found out before anything is changed, and
/// then it gets its certificate. The rest is the daemon's, which goes on at each start from where it was.
struct JoinEntry {
    private let settings: DaemonSettings
    private let installation: Installation
    private let folder: MemberFolder
    private let time = SystemTimeSource()
    /// Told each line.
    private let say: @Sendable (String) async -> Void

    init(
        _ settings: DaemonSettings, _ installation: Installation, saying say: @escaping @Sendable (String) async -> Void
    ) {
        (self.settings, self.installation, self.say) = (settings, installation, say)
        folder = MemberFolder(root: installation.root.directory)
    }

    /// Joins with the text of an invitation, or goes on with a join that has begun with it.
    ///
    /// - Parameter replaces: Whether an installation that is there is put aside.
    /// - Throws: ``Failure`` with the texts and exit codes of ``JoinRefusal``.
    func join(_ text: String, replacing replaces: Bool) async throws(Failure) {
        let invitation = try Self.read(text)
        if try hasEntered(invitation) { return }
        do throws(JoinRefusal) {
            try await enter(invitation, replacing: replaces)
        } catch {
            throw Failure(error)
        }
    }

    private static func read(_ text: String) throws(Failure) -> Invitation {
        do throws(InvitationFault) {
            return try Invitation(text: text)
        } catch {
            throw Failure(JoinRefusal.token(error))
        }
    }

    /// Whether this machine is a member already that has only to be started.
    private func hasEntered(_ invitation: Invitation) throws(Failure) -> Bool {
        guard try InstallationLock.holder(of: installation) == nil else {
            throw Failure(JoinRefusal.daemonRuns(root: installation.root.directory))
        }
        do throws(MemberFileFault) {
            guard let member = try folder.member() else { return false }
            guard let progress = try folder.joining(), member.node == invitation.node else {
                throw MemberFileFault.isMember(node: member.node, of: member.cluster)
            }
            return progress.next != .certificate
        } catch {
            throw Failure(error)
        }
    }

    private func enter(_ invitation: Invitation, replacing replaces: Bool) async throws(JoinRefusal) {
        let caller = PeerClient(joining: invitation.fingerprint, logger: settings.makeLogger())
        let outcome: Result<Void, JoinRefusal>
        do throws(JoinRefusal) {
            outcome = .success(try await enter(invitation, by: caller, replacing: replaces))
        } catch {
            outcome = .failure(error)
        }
        await caller.close()
        try outcome.get()
    }

    private func enter(
        _ invitation: Invitation, by caller: PeerClient, replacing replaces: Bool
    ) async throws(JoinRefusal) {
        let ports = try told { () throws(Failure) in try settings.clusterPorts() }
        let key = try told { () throws(Failure) in try makeKey() }
        let addresses = ownAddresses
        let call = try JoinCall(
            invitation, key: key, version: VersionSpan(node: nil, version: Version.text, levels: Version.levels),
            addresses: addresses, port: settings[\.port] ?? Self.usualPort, by: caller, time: time)
        let (facts, place) = try await call.look()
        await say(JoinLine.fact("cluster", "\(facts.name), asked at \(place); its authority is the one in the token"))
        await say(JoinLine.fact("node", "\(invitation.node), \(facts.nodeName), \(facts.network)"))
        guard addresses.contains(where: { JoinPlace.same($0, facts.address) }) else {
            throw .address(invited: facts.address, found: addresses)
        }
        guard !settings.hasOwnEtcd || Path.isExecutable(settings[\.etcdPath]) else { throw .noEtcd }
        let content = try told { () throws(Failure) in try JoiningRoot(installation).content() }
        if let content {
            // Also with --replace: what is newer than the cluster may be what everybody wants.
            guard content.revision <= facts.revision || content.isUntouched else {
                throw .rootAhead(own: content.revision, cluster: facts.revision)
            }
            guard replaces || content.isUntouched else { throw .rootInUse(content) }
        }
        try await tryPorts(ports, call, facts, place)
        if content != nil { try told { () throws(Failure) in try JoiningRoot(installation).putAside() } }
        let progress = JoinProgress(
            invitation, into: facts.name,
            votesChange: Votes.wanted(ofNodes: facts.members.count + 1) > facts.etcd.count)
        do throws(MemberFileFault) { try folder.write(progress) } catch { throw .unusable(error.description) }
        let work = CertificateStep(call: call, ports: ports, folder: folder)
        let end = await JoinRun(work, in: folder, time: time).run(progress, upTo: .certificate) { await say($0.shown) }
        if case .refused(let refusal) = end { throw refusal }
    }

    /// From both sides, while something listens here.
    private func tryPorts(
        _ ports: ClusterPorts, _ call: JoinCall, _ facts: JoinFacts, _ place: JoinPlace
    ) async throws(JoinRefusal) {
        let own = settings[\.clusterAddress] ?? facts.address
        let held = try await HeldPorts.hold(ports, on: own)
        let closed: [Int]
        do throws(JoinRefusal) {
            closed = try await call.closedPorts(of: ports)
        } catch {
            await held.release()
            throw error
        }
        await held.release()
        var problems = ports.all.filter { closed.contains($0.port) }.map {
            PortProblem($0.port, for: $0.purpose, of: own, .closed(from: place.address))
        }
        let knocker = PortKnocker()
        for member in facts.members where !(await knocker.closed([member.port], of: member.address)).isEmpty {
            problems.append(PortProblem(member.port, for: .nodes, of: member.address, .closed(from: own)))
        }
        for etcd in facts.etcd where !(await knocker.closed([etcd.port], of: etcd.address)).isEmpty {
            problems.append(PortProblem(etcd.port, for: .etcdClients, of: etcd.address, .closed(from: own)))
        }
        // A member that is away closes nothing: it is enough that the cluster can be reached.
        let reachable = facts.members.count - problems.filter { $0.purpose == .nodes && $0.address != own }.count
        if problems.contains(where: { $0.address == own }) || reachable == 0 { throw .ports(problems) }
    }

    /// Those of all interfaces, and the one that was given where something can be listened on: the network of the loopback is this
    /// machine's as a whole, and interfaces name one address of it.
    private var ownAddresses: [String] {
        let found = JoinPlace.texts(of: Machine.addresses())
        guard let given = settings[\.clusterAddress], !found.contains(where: { JoinPlace.same($0, given) }),
            PortProbe(address: given, port: 0).fault == nil
        else { return found }
        return found + [given]
    }

    private func makeKey() throws(Failure) -> PrivateKey {
        try installation.makeFolders()
        do throws(MemberFileFault) {
            return try folder.key()
        } catch {
            throw Failure(error)
        }
    }

    private func told<Result>(_ work: () throws(Failure) -> Result) throws(JoinRefusal) -> Result {
        do throws(Failure) {
            return try work()
        } catch {
            throw .unusable(error.description)
        }
    }

    /// What the port of the APIs is where nothing is said of it.
    private static let usualPort = 20003
}

/// The one step of a join that a daemon is not needed for.
private struct CertificateStep: JoinWork {
    let call: JoinCall
    let ports: ClusterPorts
    let folder: MemberFolder

    func perform(
        _ step: Join.Step, saying say: @Sendable (JoinLine) async -> Void
    ) async throws(JoinRefusal) -> (text: String, result: String) {
        let grant = try await call.grant(for: ports)
        do throws(MemberFileFault) { try folder.write(grant) } catch { throw .unusable(error.description) }
        let end = (try? CertificateChain(pem: Array(grant.certificate.utf8)))?.leaf.notAfter
        let day = end.map { String($0.ISO8601Format().prefix(10)) } ?? "an unknown day"
        return ("certificate", "valid to \(day), renewed by itself")
    }
}
