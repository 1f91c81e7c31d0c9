package import Access
package import Certificates
import FoundationEssentials
package import JobEngine
package import Replication
import Values

/// Where machines are asked in, and where those that come are looked at; each member has one, the master's answers.
package actor InvitationRegistry {
    /// The state it reads.
    package typealias Tables = JoiningTables & ReplicatedTables

    private let tables: any Tables
    private let entrance: any ClusterEntrance
    private let ports: any PortKnocking
    private let time: any TimeSource
    /// Nodes whose certificate is on its way: two machines with one invitation must not both find it unused.
    private var underWay: Set<Int> = []

    /// A registry over the state of this node.
    package init(
        _ tables: any Tables, at entrance: any ClusterEntrance, ports: any PortKnocking, time: any TimeSource
    ) {
        (self.tables, self.entrance, self.ports, self.time) = (tables, entrance, ports, time)
    }

    // MARK: Asking in

    /// Makes an invitation for a node of the configuration; an earlier one for it holds no more. Its text is known to the caller
    /// alone.
    ///
    /// - Parameters:
    ///   - address: That of the node inside the cluster, without prefix.
    ///   - places: Where members answer, this one first.
    ///   - job: What added the node.
    /// - Throws: `deposed` when this node does not decide, `unavailable` also without the cluster's authority.
    package func invite(
        _ node: Int, address: String, places: [JoinPlace], job: JobID?
    ) async throws(StoreError) -> Invitation {
        guard let authority = await entrance.authority(),
            let invitation = Invitation(of: node, by: authority.authority.certificate, at: places)
        else { throw .unavailable("this node does not keep the authority of the cluster") }
        let now = Timestamp(milliseconds: Int(time.now))
        let end = Timestamp(milliseconds: now.milliseconds + Int(Invitation.validity / .milliseconds(1)))
        try await entrance.record([
            .invitation(
                ReplicatedInvitation(
                    node: node, secretHash: invitation.secretHash, address: address, job: job, madeAt: now,
                    expiresAt: end))
        ])
        return invitation
    }

    /// Takes an invitation back; it is well when there is none.
    ///
    /// - Throws: `deposed` when this node does not decide.
    package func withdraw(_ node: Int) async throws(StoreError) {
        try await entrance.record([.invitationWithdrawn(node)])
    }

    /// Those that hold or held, without secrets.
    ///
    /// - Throws: `unavailable`.
    package func invitations() async throws(StoreError) -> [ReplicatedInvitation] { try await tables.invitations() }

    // MARK: Letting in

    /// The route for who is no member yet. A secret nobody gave away is a fault of the question, which the server counts against the
    /// address and writes down; everything else that keeps a machine out is an answer.
    package nonisolated var route: PeerRoute {
        PeerRoute("join", isOpen: true, questionLimit: 64 << 10) { question throws(PeerFault) in
            guard let asked = JoinQuestion(question.body) else {
                throw PeerFault(.malformed, "What was asked cannot be read: is it another version that asks?")
            }
            let answer = await self.answer(asked, from: question.address)
            if case .refusal(let refusal) = answer, case .invitation(.unknown, _, _) = refusal {
                throw PeerFault(.refused, refusal.description)
            }
            return .value(answer.value)
        }
    }

    /// What a machine is told that came from an address.
    package func answer(_ question: JoinQuestion, from address: String) async -> JoinAnswer {
        switch entrance.master {
        case .here: break
        case .elsewhere(let place): return .elsewhere(place)
        case .nobody: return .refusal(.notNow("Nobody decides in the cluster now."))
        }
        do throws(JoinRefusal) {
            return try await admit(question, from: address)
        } catch {
            return .refusal(error)
        }
    }

    private func admit(
        _ question: JoinQuestion, from address: String
    ) async throws(JoinRefusal) -> JoinAnswer {
        let invitation = try await checked(question)
        guard let facts = await entrance.facts(for: question.node) else {
            throw .unusable("EXAConf has no node \(question.node) any more.")
        }
        // Only the machine that has the address can be what the configuration calls the node.
        guard question.addresses.contains(where: { JoinPlace.same($0, invitation.address) }) else {
            throw .address(invited: invitation.address, found: question.addresses)
        }
        guard question.version.fits(facts.level) else { throw .versions(facts.version, own: question.version) }
        switch question.step {
        case .look: return .facts(facts)
        case .ports(let wanted):
            return .ports(closed: await ports.closed(wanted.all.map(\.port), of: invitation.address))
        case .certificate(let request, let wanted):
            guard underWay.insert(question.node).inserted else {
                throw .notNow("Node \(question.node) is joining already.")
            }
            defer { underWay.remove(question.node) }
            try Self.check(address, of: invitation, at: facts)
            return .grant(
                try await entrance.decide { () async throws(JoinRefusal) in
                    // Looked at once more: nobody else can use it from here on, whoever decides.
                    let current = try await self.checked(question)
                    try await self.requireLevel(for: question, facts)
                    return try await self.grant(request, wanted, to: question, by: current, facts: facts, from: address)
                })
        }
    }

    /// The level may have been raised since the facts were told: a node that does not know it is none to be waited for.
    private func requireLevel(for question: JoinQuestion, _ facts: JoinFacts) async throws(JoinRefusal) {
        let level = try await told { () throws(StoreError) in try await tables.level() }
        guard question.version.fits(level) else { throw .versions(facts.version, own: question.version) }
    }

    private func checked(_ question: JoinQuestion) async throws(JoinRefusal) -> ReplicatedInvitation {
        let known = try await told { () throws(StoreError) in try await tables.invitations() }
        let book = InvitationBook(known)
        let claim = InvitationBook.Claim(node: question.node, secret: question.secret, key: question.key)
        do throws(InvitationRefusal) {
            return try book.invitation(for: claim, at: Timestamp(milliseconds: Int(time.now)))
        } catch {
            // Whoever does not know the secret is not told whom the node's invitation is for.
            let address = error == .unknown ? nil : known.first { $0.node == question.node }?.address
            throw .invitation(error, node: question.node, address: address)
        }
    }

    // MARK: Becoming a node

    private func grant(
        _ request: String, _ wanted: ClusterPorts, to question: JoinQuestion, by invitation: ReplicatedInvitation,
        facts: JoinFacts, from address: String
    ) async throws(JoinRefusal) -> Decision<JoinGrant> {
        guard let keeper = await entrance.authority() else {
            throw .notNow("This node does not keep the authority of the cluster; another one has to decide.")
        }
        let given = try await told { () throws(StoreError) in try await tables.certificates() }
        let members = try await told { () throws(StoreError) in try await tables.members() }
        // Somebody who was interrupted goes on as the member they are.
        let former = invitation.use == nil ? nil : members.first { $0.node == question.node }
        let lives = given.filter { $0.node == question.node }.map(\.life).max() ?? 0
        let life = max(1, former == nil ? lives + 1 : lives)
        let now = Timestamp(milliseconds: Int(time.now))
        let member =
            former
            ?? ReplicatedMember(
                node: question.node, id: SecureRandom.hex(bytes: 8), address: invitation.address, port: question.port,
                peerPort: wanted.nodes, since: now)
        let certificate: Certificate
        let revocations: String
        do throws(CertificateError) {
            let received = try ReceivedRequest(pem: Array(request.utf8))
            guard received.keyDigest == question.key else {
                throw CertificateError(.requestInvalid, "The request is for another key than the question.")
            }
            let identity = try MemberIdentity(
                cluster: facts.cluster, member: question.node, address: invitation.address)
            certificate = try keeper.authority.issue(to: identity, for: received, now: now.date)
            revocations = try keeper.authority.revocationList(of: given.compactMap(\.revoked), now: now.date)
        } catch {
            throw .unusable(error.message)
        }
        var records: [ReplicatedRecord] = [
            .certificateIssued(
                ReplicatedCertificate(
                    serialNumber: certificate.serialNumber, node: question.node, member: member.id, life: life,
                    issuedAt: now, notAfter: Timestamp(certificate.notAfter)))
        ]
        if former == nil {
            let use = InvitationUse(key: question.key, at: now, from: address)
            records += [.invitationUsed(node: question.node, use), .member(member)]
        }
        var file = MemberFile(
            member: member.id, node: member.node, cluster: facts.cluster, generation: keeper.generation, life: life,
            address: member.address, ports: wanted, others: facts.members)
        file.isEtcdExternal = facts.isEtcdExternal
        let grant = JoinGrant(
            certificate: certificate.pem, authority: keeper.trust, revocations: revocations, member: file)
        return Decision(grant, records)
    }

    /// Which addresses a machine has is its own word; that of its connection is not. On this machine itself, where that is a
    /// loopback or this node's own, it is believed.
    private static func check(
        _ address: String, of invitation: ReplicatedInvitation, at facts: JoinFacts
    ) throws(JoinRefusal) {
        if JoinPlace.same(address, invitation.address) || JoinPlace.isLoopback(address) { return }
        if let own = facts.members.first?.address, JoinPlace.same(address, own) { return }
        throw .address(invited: invitation.address, found: [address])
    }

    private func told<Result>(
        _ work: () async throws(StoreError) -> Result
    ) async throws(JoinRefusal) -> Result {
        do throws(StoreError) {
            return try await work()
        } catch {
            throw JoinRefusal(error)
        }
    }
}

extension JoinRefusal {
    /// What a machine is told when the cluster cannot keep or read something. Whoever was deposed meanwhile has taken nothing; the
    /// new master is asked.
    package init(_ error: StoreError) { self = .notNow("The cluster cannot keep it now: \(error)") }
}

extension Timestamp {
    fileprivate var date: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1000) }

    fileprivate init(_ date: Date) {
        let seconds = date.timeIntervalSince1970
        self.init(milliseconds: seconds.isFinite ? Int((min(max(seconds, 0), 253_402_300_799) * 1000).rounded()) : 0)
    }
}

extension ReplicatedCertificate {
    /// It as revocation lists have it; `nil` for one that holds.
    package var revoked: RevokedCertificate? {
        revokedAt.map {
            RevokedCertificate(serialNumber: serialNumber, revokedAt: $0.date, notAfter: notAfter.date)
        }
    }
}
