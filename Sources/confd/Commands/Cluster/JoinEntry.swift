import Access
import Certificates
import EXAConf
import EtcdStore
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
        guard try InstallationLock.holder(of: installation) == nil else {
            throw Failure(JoinRefusal.daemonRuns(root: installation.root.directory))
        }
        let begun = try Begun(folder)
        // A member already, by the same invitation, that has only to be started.
        if begun.member != nil, begun.progress?.isBy(invitation) == true { return }
        do throws(JoinRefusal) {
            let caller = PeerClient(joining: invitation.fingerprint, logger: settings.makeLogger())
            let outcome: Result<Void, JoinRefusal>
            do throws(JoinRefusal) {
                outcome = .success(try await enter(invitation, by: caller, from: begun, replacing: replaces))
            } catch {
                outcome = .failure(error)
            }
            await caller.close()
            try outcome.get()
        } catch {
            throw Failure(error)
        }
    }

    /// Goes on with a join that was cut off before this machine was a member; where there is none nothing is done.
    ///
    /// - Throws: ``Failure`` with what is in the way, and how it becomes a node of its own instead.
    func goOn() async throws(Failure) {
        guard let progress = try Begun(folder).progress, let text = progress.invitation else { return }
        do throws(Failure) {
            try await join(text, replacing: false)
        } catch {
            throw Failure(
                "This machine is on its way into the cluster \(progress.cluster), and cannot go on: \(error.description). With another "
                    + "invitation: confd cluster join TOKEN. To have it be a node of its own instead, remove "
                    + "\(folder.path)/joining.json", error.code)
        }
    }

    private static func read(_ text: String) throws(Failure) -> Invitation {
        do throws(InvitationFault) {
            return try Invitation(text: text)
        } catch {
            throw Failure(JoinRefusal.token(error))
        }
    }

    /// What there is on this machine of memberships.
    private struct Begun {
        /// Who it is as far as it knows.
        let member: MemberFile?
        /// Who it was, as a join that has begun says.
        let former: MemberFile?
        let progress: JoinProgress?

        init(_ folder: MemberFolder) throws(Failure) {
            do throws(MemberFileFault) {
                (member, former, progress) = (try folder.member(), try folder.former(), try folder.joining())
            } catch {
                throw Failure(error)
            }
        }
    }

    /// The order is such that whoever is killed on the way goes on with the same: what is here is put aside when it is written
    /// down that this machine joins, and who it was goes last. The key of the next life is made behind that, as it has to be the
    /// same from the first question for a certificate on.
    private func enter(
        _ invitation: Invitation, by caller: PeerClient, from begun: Begun, replacing replaces: Bool
    ) async throws(JoinRefusal) {
        let ports = try told { () throws(Failure) in
            try installation.makeFolders()
            return try settings.clusterPorts()
        }
        let former = begun.member ?? begun.former
        // Only one that may have asked for a certificate has to come with the same key again.
        let mayBeKnown = begun.progress != nil && former == nil
        let looking = try call(invitation, by: caller, with: try mayBeKnown ? ownKey() : PrivateKey.made())
        let (facts, place) = try await looking.look()
        await say(JoinLine.fact("cluster", "\(facts.name), asked at \(place); its authority is the one in the token"))
        await say(JoinLine.fact("node", "\(invitation.node), \(facts.nodeName), \(facts.network)"))
        if let member = begun.member { try requireEnd(of: member, facts) }
        guard ownAddresses.contains(where: { JoinPlace.same($0, facts.address) }) else {
            throw .address(invited: facts.address, found: ownAddresses)
        }
        guard facts.isEtcdExternal == !settings.hasOwnEtcd else {
            throw .unusable(ExternalEtcd.contradiction(isExternal: facts.isEtcdExternal))
        }
        guard !settings.hasOwnEtcd || Path.isExecutable(settings[\.etcdPath]) else { throw .noEtcd }
        let content = try told { () throws(Failure) in try JoiningRoot(installation).content() }
        if let content {
            // Also with --replace: what is newer than the cluster may be what everybody wants.
            guard content.revision <= facts.revision || content.isUntouched else {
                throw .rootAhead(own: content.revision, cluster: facts.revision)
            }
            // Who comes back has what the cluster has; and who goes on was asked.
            guard replaces || content.isUntouched || former != nil || begun.progress != nil else {
                throw .rootInUse(content)
            }
        }
        // The etcd of a life that is over may run still, on the ports of the next one.
        if former != nil || content != nil { try await endLeftover() }
        try await tryPorts(ports, by: looking, facts: facts, at: place)
        let progress = JoinProgress(
            invitation, into: facts.name,
            votesChange: !facts.isEtcdExternal && Votes.wanted(ofNodes: facts.members.count + 1) > facts.etcd.count,
            former: former?.member)
        try kept { () throws(MemberFileFault) in
            if !mayBeKnown { try folder.clearCredentials() }
            try folder.write(progress)
        }
        if let aside = try told({ () throws(Failure) in try putAside(isFormer: former != nil) }) {
            await say(JoinLine.fact("before", "what this machine had is in \(aside); volumes stay where they are"))
        }
        let work = CertificateStep(call: try call(invitation, by: caller, with: ownKey()), ports: ports, folder: folder)
        let end = await JoinRun(work, in: folder, time: time).run(progress, upTo: .certificate) { await say($0.shown) }
        if case .refused(let refusal) = end { throw refusal }
    }

    /// A machine that is a member as far as it knows joins when the cluster knows better.
    private func requireEnd(of member: MemberFile, _ facts: JoinFacts) throws(JoinRefusal) {
        try kept { () throws(MemberFileFault) in
            guard member.cluster == facts.cluster else {
                throw .isMember(node: member.node, of: member.cluster, folder: folder.path)
            }
            if facts.members.contains(where: { $0.node == member.node }) { throw .stillMember(node: member.node) }
        }
    }

    private func endLeftover() async throws(JoinRefusal) {
        do throws(EtcdRefusal) {
            try await EtcdFolder(root: installation.root.directory).removeLeftover()
        } catch {
            throw .unusable(error.description)
        }
    }

    private func putAside(isFormer: Bool) throws(Failure) -> String? {
        if isFormer {
            do throws(SystemFault) {
                try LeftCluster.removeKept(in: installation)
            } catch {
                throw Failure("What is left of a cluster cannot be put away: \(error)", .ioError)
            }
        }
        return try JoiningRoot(installation).putAside()
    }

    private func call(
        _ invitation: Invitation, by caller: PeerClient, with key: PrivateKey
    ) throws(JoinRefusal) -> JoinCall {
        try JoinCall(
            invitation, key: key, version: VersionSpan(node: nil, version: Version.text, levels: Version.levels),
            addresses: ownAddresses, port: settings[\.port] ?? Self.usualPort, by: caller, time: time)
    }

    private func kept(_ work: () throws(MemberFileFault) -> Void) throws(JoinRefusal) {
        do throws(MemberFileFault) { try work() } catch { throw .unusable(error.description) }
    }

    /// From both sides, while something listens here.
    private func tryPorts(
        _ ports: ClusterPorts, by call: JoinCall, facts: JoinFacts, at place: JoinPlace
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
        try await tryExternalEtcd(knocker)
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

    /// One of its members is enough.
    private func tryExternalEtcd(_ knocker: PortKnocker) async throws(JoinRefusal) {
        let endpoints = settings[\.etcdEndpoints]
        for endpoint in endpoints where await knocker.closed([endpoint.port], of: endpoint.host).isEmpty { return }
        guard !endpoints.isEmpty else { return }
        let places = endpoints.map(\.description).joined(separator: ", ")
        throw .unreachable("The external etcd (\(places)) cannot be reached from here: see 'cluster.etcd_endpoints'.")
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

    private func ownKey() throws(JoinRefusal) -> PrivateKey {
        do throws(MemberFileFault) {
            return try folder.key()
        } catch {
            throw .unusable(error.description)
        }
    }

    private func told<Result>(_ work: () throws(Failure) -> Result) throws(JoinRefusal) -> Result {
        do throws(Failure) {
            return try work()
        } catch {
            throw .unusable(error.description)
        }
    }

    /// What is said of a certificate once it is there.
    static func line(of certificate: Certificate) -> (text: String, result: String) {
        ("certificate", "valid to \(certificate.notAfter.ISO8601Format().prefix(10)), renewed by itself")
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
        do throws(CertificateError) {
            return JoinEntry.line(of: try CertificateChain(pem: Array(grant.certificate.utf8)).leaf)
        } catch {
            throw .unusable(error.message)
        }
    }
}

extension PrivateKey {
    /// One that is kept nowhere, for who only looks.
    fileprivate static func made() throws(JoinRefusal) -> PrivateKey {
        do throws(CertificateError) { return try generate(.p256) } catch { throw .unusable(error.message) }
    }
}
