import Certificates
import Foundation
import JobEngine
import Replication
import Support
import Synchronization
import Testing
import Values

@testable import PeerLink

@Suite struct InvitationRegistryTests {
    /// What the log says of nodes, and who decides; records come to what they say.
    private final class Cluster: JoiningTables, ReplicatedTables, ClusterEntrance, PortKnocking {
        private struct State {
            var invitations: [Int: ReplicatedInvitation] = [:]
            var members: [Int: ReplicatedMember] = [:]
            var certificates: [ReplicatedCertificate] = []
            var master = EntranceMaster.here
            var failure: StoreError?
            var level = 1
        }

        static let id = "0b5c7a10-1111-2222-3333-444455556666"
        let time: ManualTime
        let authorityOfCluster: ClusterAuthority
        private let state = Mutex(State())

        init(_ time: ManualTime) throws {
            self.time = time
            authorityOfCluster = try ClusterAuthority.make(
                cluster: Self.id, now: Date(timeIntervalSince1970: Double(time.now) / 1000))
        }

        var master: EntranceMaster { state.withLock { $0.master } }
        func decides(_ master: EntranceMaster) { state.withLock { $0.master = master } }
        func raise(to level: Int) { state.withLock { $0.level = level } }
        func fails(with error: StoreError?) { state.withLock { $0.failure = error } }

        func facts(for node: Int) async -> JoinFacts? {
            guard node == 12 else { return nil }
            return JoinFacts(
                name: "exa1", cluster: Self.id, version: VersionSpan(node: 11, version: "0.1.0", levels: 1...1),
                level: 1,
                revision: 41, openJobs: 3, nodeName: "n12", network: "10.10.10.12/24", at: time.now,
                members: [PeerAddress(node: 11, address: "10.10.10.11", port: 20381)], etcd: [])
        }

        func authority() async -> EntranceAuthority? {
            EntranceAuthority(authorityOfCluster, trust: authorityOfCluster.certificate.pem, generation: 1)
        }

        func record(_ records: [ReplicatedRecord]) async throws(StoreError) {
            if let failure = state.withLock({ $0.failure }) { throw failure }
            state.withLock { state in
                for record in records {
                    switch record {
                    case .invitation(let invitation): state.invitations[invitation.node] = invitation
                    case .invitationUsed(let node, let use): state.invitations[node]?.use = use
                    case .invitationWithdrawn(let node): state.invitations[node] = nil
                    case .member(let member): state.members[member.node] = member
                    case .memberRemoved(let node): state.members[node] = nil
                    case .certificateIssued(let certificate): state.certificates.append(certificate)
                    case .certificatesRevoked(let node, let at, let job):
                        for place in state.certificates.indices where state.certificates[place].node == node {
                            state.certificates[place].revokedAt = at
                            state.certificates[place].revokedBy = job
                        }
                    default: Issue.record("unexpected \(record)")
                    }
                }
            }
        }

        func decide<Answer: Sendable>(
            _ look: @Sendable () async throws(JoinRefusal) -> Decision<Answer>
        ) async throws(JoinRefusal) -> Answer {
            let decision = try await look()
            do throws(StoreError) {
                try await record(decision.records)
            } catch {
                throw JoinRefusal(error)
            }
            return decision.answer
        }

        func closed(_ ports: [Int], of address: String) async -> [Int] { [20380] }
        func invitations() async throws(StoreError) -> [ReplicatedInvitation] {
            state.withLock { Array($0.invitations.values) }
        }
        func certificates() async throws(StoreError) -> [ReplicatedCertificate] { state.withLock { $0.certificates } }
        func members() async throws(StoreError) -> [ReplicatedMember] { state.withLock { Array($0.members.values) } }
        func files() async throws(StoreError) -> [ReplicatedFile] { [] }
        func locks() async throws(StoreError) -> [ReplicatedLock] { [] }
        func level() async throws(StoreError) -> Int { state.withLock { $0.level } }
        func archiveOrder(for due: DueJobs) async throws(StoreError) -> PlannedArchive { throw .unavailable("none") }
        func dump() async throws(StoreError) -> ReplicatedDump { throw .unavailable("none") }
    }

    private let time = ManualTime()
    private let cluster: Cluster
    private let registry: InvitationRegistry
    private let key: PrivateKey

    init() throws {
        cluster = try Cluster(time)
        registry = InvitationRegistry(cluster, at: cluster, ports: cluster, time: time)
        key = try PrivateKey.generate()
    }

    private func invite() async throws -> Invitation {
        let place = try #require(JoinPlace(address: "10.10.10.11", port: 20381))
        return try await registry.invite(12, address: "10.10.10.12", places: [place], job: nil)
    }

    private func question(
        _ invitation: Invitation, _ key: PrivateKey? = nil, secret: [UInt8]? = nil, node: Int = 12,
        addresses: [String] = ["127.0.0.1", "10.10.10.12"], levels: ClosedRange<Int> = 1...1, asks: Bool = true
    ) throws -> JoinQuestion {
        let request = try SigningRequest(commonName: "node", names: []).pem(signedBy: key ?? self.key)
        return JoinQuestion(
            node: node, secret: secret ?? invitation.secret,
            key: try ReceivedRequest(pem: Array(request.utf8)).keyDigest,
            version: VersionSpan(node: nil, version: "0.1.0", levels: levels), addresses: addresses, port: 20003,
            step: asks ? .certificate(request: request, ClusterPorts()) : .look)
    }

    private func grant(_ question: JoinQuestion) async throws -> JoinGrant {
        let answer = await registry.answer(question, from: "10.10.10.12")
        guard case .grant(let grant) = answer else {
            Issue.record("no grant: \(answer)")
            throw CancellationError()
        }
        return grant
    }

    private func refusal(_ question: JoinQuestion, from address: String = "10.10.10.12") async -> JoinRefusal? {
        if case .refusal(let refusal) = await registry.answer(question, from: address) { refusal } else { nil }
    }

    @Test(arguments: ["10.10.10.13", "fd00::12", ""])
    func theAddressOfTheConnectionCounts(_ address: String) async throws {
        let invitation = try await invite()
        let refusal = await refusal(try question(invitation), from: address)
        #expect(refusal == .address(invited: "10.10.10.12", found: [address]))
        #expect(try await cluster.members().isEmpty)
        // The invitation still holds for who has it.
        _ = try await grant(try question(invitation))
    }

    @Test(arguments: ["127.0.0.1", "::1", "10.10.10.11"])
    func onTheMachineOfTheMasterItIsBelieved(_ address: String) async throws {
        let question = try question(try await invite())
        #expect(await refusal(question, from: address) == nil)
    }

    @Test func whoIsInvitedBecomesAMember() async throws {
        let invitation = try await invite()
        guard case .facts(let facts) = await registry.answer(try question(invitation, asks: false), from: "10.10.10.12")
        else { throw CancellationError() }
        #expect(facts.name == "exa1" && facts.address == "10.10.10.12")
        #expect(try await cluster.members().isEmpty)
        let grant = try await grant(try question(invitation))
        let leaf = try CertificateChain(pem: Array(grant.certificate.utf8)).leaf
        #expect(key.belongs(to: leaf))
        #expect(try MemberIdentity(of: leaf).member == 12)
        let members = try await cluster.members()
        #expect(members.map(\.id) == [grant.member.member] && members.map(\.port) == [20003])
        #expect(grant.member.life == 1 && grant.member.generation == 1 && !grant.member.isVoter)
        #expect(try await cluster.certificates().map(\.serialNumber) == [leaf.serialNumber])
        // As the machine has it after its way over the wire.
        #expect(JoinAnswer(JoinAnswer.grant(grant).value) == .grant(grant))
        #expect(JoinAnswer(JoinAnswer.facts(facts).value) == .facts(facts))
    }

    @Test func anInvitationIsForOneMachineAndOneHour() async throws {
        let invitation = try await invite()
        let first = try await grant(try question(invitation))
        // The same machine goes on as the member it is; another one with the same token does not.
        let again = try await grant(try question(invitation))
        #expect(again.member.member == first.member.member && again.member.life == 1)
        #expect(try await cluster.members().count == 1)
        let other = await refusal(try question(invitation, try PrivateKey.generate()))
        guard case .invitation(.used(_, let address), 12, _)? = other else { throw CancellationError() }
        #expect(address == "10.10.10.12" && other?.exitCode == 77)
        let next = try await invite()
        #expect(await refusal(try question(invitation)) == .invitation(.unknown, node: 12, address: nil))
        time.advance(by: Invitation.validity)
        guard case .invitation(.expired, 12, _)? = await refusal(try question(next)) else { throw CancellationError() }
    }

    @Test func nobodyGuesses() async throws {
        let invitation = try await invite()
        for round in 0..<1000 {
            let wrong = Digest.sha256(Array("\(round)".utf8)).prefix(16)
            let fault = await #expect(throws: PeerFault.self) {
                _ = try await registry.route.answer(
                    PeerQuestion(
                        node: nil, address: "10.10.10.9", body: try question(invitation, secret: Array(wrong)).value))
            }
            #expect(fault?.code == .refused)
        }
        #expect(try await cluster.members().isEmpty)
        // Somebody else's secret is none, and neither is one for a node nobody invited.
        #expect(
            await refusal(try question(invitation, node: 13)) == .invitation(.unknown, node: 13, address: nil))
        _ = try await grant(try question(invitation))
    }

    @Test func whatDoesNotFitIsRefusedBeforeAnythingIsUsed() async throws {
        let invitation = try await invite()
        #expect(
            await refusal(try question(invitation, addresses: ["10.10.10.22"]))
                == .address(invited: "10.10.10.12", found: ["10.10.10.22"]))
        guard case .versions(let theirs, _)? = await refusal(try question(invitation, levels: 2...3)) else {
            throw CancellationError()
        }
        #expect(theirs.node == 11)
        cluster.fails(with: .deposed)
        guard case .notNow? = await refusal(try question(invitation)) else { throw CancellationError() }
        cluster.fails(with: nil)
        _ = try await grant(try question(invitation))
    }

    /// What a machine was told of the cluster may be over when it is let in.
    @Test func aLevelThatWasRaisedMeanwhileKeepsOutWhoDoesNotKnowIt() async throws {
        let invitation = try await invite()
        cluster.raise(to: 2)
        guard case .versions? = await refusal(try question(invitation)) else { throw CancellationError() }
        #expect(try await cluster.members().isEmpty)
        _ = try await grant(try question(invitation, levels: 1...2))
    }

    @Test func onlyTheMasterLetsIn() async throws {
        let invitation = try await invite()
        let place = try #require(JoinPlace(address: "10.10.10.13", port: 20381))
        cluster.decides(.elsewhere(place))
        #expect(await registry.answer(try question(invitation), from: "10.10.10.12") == .elsewhere(place))
        #expect(JoinAnswer(JoinAnswer.elsewhere(place).value) == .elsewhere(place))
        cluster.decides(.nobody)
        guard case .notNow? = await refusal(try question(invitation)) else { throw CancellationError() }
    }

    @Test func portsAreTriedOfTheInvitedAddressOnly() async throws {
        let invitation = try await invite()
        let looked = try question(invitation, asks: false)
        let asked = JoinQuestion(
            node: 12, secret: looked.secret, key: looked.key, version: looked.version, addresses: looked.addresses,
            port: 20003, step: .ports(ClusterPorts()))
        #expect(await registry.answer(asked, from: "10.10.10.12") == .ports(closed: [20380]))
        #expect(JoinAnswer(["closed": [20380]]) == .ports(closed: [20380]))
    }

    @Test func whoWasRemovedComesBackByAnInvitationOnlyAndInAnotherLife() async throws {
        let invitation = try await invite()
        let first = try await grant(try question(invitation))
        let now = Timestamp(milliseconds: Int(time.now))
        let job = JobID(node: 11, number: 413)
        try await cluster.record(Departure.records(of: 12, at: now, by: job))
        let (certificates, members) = (try await cluster.certificates(), try await cluster.members())
        let notice = Departure.notice(for: 12, certificates: certificates, members: members)
        #expect(notice?.hasPrefix("node 12 was removed on 20") == true && notice?.contains("by job 11.413") == true)
        #expect(certificates.compactMap(\.revoked).count == 1)
        #expect(await refusal(try question(invitation)) == .invitation(.unknown, node: 12, address: nil))
        let second = try await grant(try question(try await invite()))
        #expect(second.member.life == 2 && second.member.member != first.member.member)
        // Nobody believes the former life any more.
        let trust = try ClusterTrust(
            cluster: Cluster.id, authorities: Array(second.authority.utf8), revocations: Array(second.revocations.utf8))
        let later = Date(timeIntervalSince1970: Double(time.now) / 1000 + 10)
        let (former, present) = (
            try CertificateChain(pem: Array(first.certificate.utf8)),
            try CertificateChain(pem: Array(second.certificate.utf8))
        )
        #expect(throws: CertificateError.self) {
            try trust.member(showing: former, as: .clientAuthentication, now: later)
        }
        #expect(try trust.member(showing: present, as: .clientAuthentication, now: later).member == 12)
    }

    @Test func whatNobodyCanReadIsAFault() async throws {
        let good = try #require(try question(try await invite()).value.map)
        #expect(JoinQuestion(.map(good)) != nil)
        for name in good.keys where name != "request" {
            for value: Value in [.null, 0, "", [], [:], .string(String(repeating: "f", count: 1000))] {
                var members = good
                members[name] = value
                if name == "addresses", value == [] { continue }
                #expect(JoinQuestion(.map(members)) == nil, "\(name): \(value)")
            }
        }
        let fault = await #expect(throws: PeerFault.self) {
            _ = try await registry.route.answer(PeerQuestion(node: nil, address: "10.0.0.1", body: [:]))
        }
        #expect(fault?.code == .malformed)
    }

    @Test func whatKeepsANodeFromLeavingIsNamed() {
        let three = [11, 12, 13].map { Votes.Member($0, isVoter: $0 == 11, isReady: true) }
        #expect(
            Departure.refusal(of: 11, among: three, volumes: [], databases: [])?.message.contains("last vote") == true)
        #expect(Departure.refusal(of: 12, among: three, volumes: [], databases: []) == nil)
        let busy = Departure.refusal(of: 12, among: three, volumes: ["v2", "v1"], databases: ["DB1"])
        #expect(busy?.message.contains("volumes v1, v2 and databases DB1") == true && busy?.code == .objectBusy)
        #expect(Departure.refusal(of: 14, among: three, volumes: [], databases: [])?.code == .objectMissing)
    }
}
