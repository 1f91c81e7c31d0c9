import Certificates
import Foundation
import Logging
import Posix
import Support
import Synchronization
import Testing
import Values

@testable import PeerLink

/// Certificates and lists that are replaced before they end.
@Suite(.timeLimit(.minutes(1))) struct CertificateUpkeepTests {
    private static let day = 86_400.0
    private let time = ManualTime()
    private let start: Date
    private let fixture: PeerFixture
    private let credentials: PeerCredentials

    init() throws {
        start = Date(timeIntervalSince1970: Double(time.now) / 1000)
        fixture = try PeerFixture(now: start)
        credentials = try PeerCredentials(Self.material(fixture, 12, at: start))
    }

    private static func material(_ fixture: PeerFixture, _ node: Int, at now: Date) throws -> PeerMaterial {
        var material = try fixture.material(node, now: now)
        material.revocations = try fixture.list(of: [], now: now)
        return material
    }

    private func advance(days: Int) { time.advance(by: .seconds(86_400) * days) }

    /// What issues, as node 11 has it, or who does not have the authority.
    private func issuing(
        _ authority: ClusterAuthority?, revoked: [Certificate] = [], issued: Issued = Issued()
    ) -> CertificateIssuing {
        let now = start
        let cluster = fixture.authority.cluster
        return CertificateIssuing(
            authority: { authority },
            member: { node in
                node == 99 ? nil : try? MemberIdentity(cluster: cluster, member: node, address: "10.0.0.\(node)")
            },
            revoked: { revoked.map { RevokedCertificate($0, at: now) } },
            record: { node, certificate in issued.add(node, certificate) }, time: time)
    }

    private func renewal(
        _ issuing: CertificateIssuing, asking voters: [SomeVoter] = [], keep: Kept = Kept()
    ) -> PeerCertificateRenewal {
        PeerCertificateRenewal(
            credentials: credentials, issuing: issuing, caller: Voters(voters),
            voters: { voters.map { PeerAddress(node: $0.node, address: "10.0.0.\($0.node)", port: 1) } },
            keep: { material throws(PeerFault) in try keep.keep(material) },
            used: { [credentials] in keep.use(credentials.material) }, time: time, logger: fixture.logger)
    }

    @Test func whatIsDueIsDone() throws {
        let (own, _) = try fixture.issue(12, now: start)
        let (authority, list) = (fixture.authority.certificate, try fixture.list(of: [], now: start))
        let next = try PeerFixture(now: start).authority.certificate
        let taken = RevokedCertificate(try fixture.issue(13, now: start).certificate, at: start)
        typealias Row = (days: Double, hasAuthority: Bool, revoked: [RevokedCertificate], issuer: Certificate)
        let rows: [(Row, [CertificateUpkeep.Step])] = [
            ((0, true, [], authority), []), ((59, false, [], authority), []),
            ((61, true, [], authority), [.writeList]), ((61, false, [], authority), [.fetchList]),
            ((0, true, [taken], authority), [.writeList]), ((0, false, [taken], authority), [.fetchList]),
            ((245, true, [], authority), [.renewOwn, .writeList]),
            ((400, false, [], authority), [.renewOwn, .fetchList]),
            ((0, false, [], next), [.renewOwn, .fetchList]),
        ]
        for (row, expected) in rows {
            let found = CertificateUpkeep.steps(
                own: own, authority: row.issuer, lists: list, hasAuthority: row.hasAuthority, revoked: row.revoked,
                now: start + row.days * Self.day)
            #expect(found == expected, "after \(row.days) days")
        }
    }

    @Test func pausesGrowWhileItFails() {
        var upkeep = CertificateUpkeep()
        let pauses = (0..<9).map { _ in Int(upkeep.pause(afterFailure: true) / .seconds(1)) }
        #expect(pauses == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600])
        #expect(upkeep.pause(afterFailure: false) == CertificateUpkeep.pace)
        #expect(upkeep.pause(afterFailure: true) == CertificateUpkeep.firstPause)
    }

    @Test func whoHasTheAuthorityRenewsByItself() async throws {
        let (issued, kept) = (Issued(), Kept())
        let renewal = renewal(issuing(fixture.authority, issued: issued), keep: kept)
        let former = credentials.certificate
        await renewal.look()
        #expect(kept.all.isEmpty && credentials.certificate == former)
        advance(days: 250)
        await renewal.look()
        #expect(await renewal.fault == nil)
        #expect(credentials.certificate != former && credentials.identity.member == 12)
        #expect(credentials.identity.address == "10.0.0.12")
        #expect(issued.all.map(\.serialNumber) == [credentials.certificate.serialNumber])
        // Certificate first, and then the list, each written down before it is used.
        #expect(kept.all.count == 2 && kept.all.last == credentials.material)
        // What goes by them, too, is told when they are in use: its former list would let in who was removed.
        #expect(kept.used == kept.all)
        await renewal.look()
        #expect(kept.all.count == 2)
    }

    @Test func othersAskWhoHasIt() async throws {
        let kept = Kept()
        let (deaf, knowing) = (SomeVoter(11, routes: []), SomeVoter(13, issuing(fixture.authority), try there()))
        let renewal = renewal(issuing(nil), asking: [deaf, knowing], keep: kept)
        let former = credentials.material
        advance(days: 250)
        await renewal.look()
        // The voter's own list has ended as well.
        #expect(await renewal.fault?.code == .missing)
        #expect(credentials.material.certificate != former.certificate && credentials.material.key != former.key)
        #expect(credentials.material.revocations == former.revocations)
        let now = Date(timeIntervalSince1970: Double(time.now) / 1000)
        let other = try Self.material(fixture, 13, at: now)
        try knowing.credentials?.replace(with: other, now: now)
        await renewal.look()
        #expect(await renewal.fault == nil)
        #expect(credentials.material.revocations == other.revocations)
    }

    private func there() throws -> PeerCredentials { try PeerCredentials(Self.material(fixture, 13, at: start)) }

    @Test func whatCannotBeWrittenIsNotUsed() async throws {
        let kept = Kept(refusing: PeerFault(.refused, "No room."))
        let renewal = renewal(issuing(fixture.authority), keep: kept)
        let former = credentials.material
        advance(days: 250)
        await renewal.look()
        #expect(await renewal.fault == PeerFault(.refused, "No room."))
        #expect(credentials.material == former)
        kept.refuse(nil)
        await renewal.look()
        #expect(await renewal.fault == nil)
        #expect(credentials.material != former)
    }

    @Test func aRemovedMemberIsOnTheListAtOnce() async throws {
        let taken = try fixture.issue(14, now: start).certificate
        let renewal = renewal(issuing(fixture.authority, revoked: [taken]))
        await renewal.look()
        #expect(await renewal.fault == nil)
        #expect(
            !ClusterAuthority.isListDue(
                Array(credentials.material.revocations.utf8), of: fixture.authority.certificate,
                revoked: [RevokedCertificate(taken, at: start)], now: start))
    }

    @Test func itIsIssuedForWhoAsksAlone() async throws {
        let issued = Issued()
        let route = try #require(issuing(fixture.authority, issued: issued).routes(credentials).first)
        let key = try PrivateKey.generate(.p256)
        // The name in the request is nobody's business.
        let request = try SigningRequest(commonName: "confd node 11", names: []).pem(signedBy: key)
        let answer = try await route.answer(
            PeerQuestion(node: 13, address: "10.0.0.13", body: ["request": .string(request), "node": 11]))
        guard case .value(let value) = answer else { throw CancellationError() }
        let certificate = try CertificateChain(pem: try #require(value["certificate"]?.string)).leaf
        #expect(try MemberIdentity(of: certificate).member == 13 && key.belongs(to: certificate))
        #expect(issued.all == [certificate])
        let bad: [(Int?, Value, PeerFault.Code)] = [
            (13, ["request": "x"], .refused), (13, .null, .malformed), (99, ["request": .string(request)], .notMember),
            (nil, ["request": .string(request)], .malformed),
        ]
        for (node, body, code) in bad {
            let fault = try await fault {
                _ = try await route.answer(PeerQuestion(node: node, address: "", body: body))
            }
            #expect(fault.code == code)
        }
        let without = try #require(issuing(nil).routes(credentials).first)
        let fault = try await fault {
            _ = try await without.answer(
                PeerQuestion(node: 13, address: "", body: ["request": .string(request)]))
        }
        #expect(fault.code == .refused)
    }
}

/// Certificates that were given out.
final class Issued: Sendable {
    private let certificates = Mutex<[Certificate]>([])

    func add(_ node: Int, _ certificate: Certificate) { certificates.withLock { $0.append(certificate) } }
    var all: [Certificate] { certificates.withLock { $0 } }
}

/// What was written down.
final class Kept: Sendable {
    private let state: Mutex<(materials: [PeerMaterial], fault: PeerFault?)>

    init(refusing fault: PeerFault? = nil) { state = Mutex(([], fault)) }

    func refuse(_ fault: PeerFault?) { state.withLock { $0.fault = fault } }
    var all: [PeerMaterial] { state.withLock { $0.materials } }

    /// What was in use whenever that was told.
    let uses = Mutex<[PeerMaterial]>([])
    var used: [PeerMaterial] { uses.withLock { $0 } }
    func use(_ material: PeerMaterial) { uses.withLock { $0.append(material) } }

    func keep(_ material: PeerMaterial) throws(PeerFault) {
        let fault = state.withLock { state in
            if state.fault == nil { state.materials.append(material) }
            return state.fault
        }
        if let fault { throw fault }
    }
}

/// Another node that may have the authority.
struct SomeVoter: Sendable {
    let node: Int
    let routes: [PeerRoute]
    let credentials: PeerCredentials?

    init(_ node: Int, routes: [PeerRoute]) { (self.node, self.routes, credentials) = (node, routes, nil) }

    init(_ node: Int, _ issuing: CertificateIssuing, _ credentials: PeerCredentials) {
        (self.node, routes, self.credentials) = (node, issuing.routes(credentials), credentials)
    }
}

/// Asks them without a wire.
struct Voters: PeerCaller {
    private let voters: [SomeVoter]

    init(_ voters: [SomeVoter]) { self.voters = voters }

    func ask(
        _ route: String, _ body: Value, of peer: PeerAddress, within limit: Duration
    ) async throws(PeerFault) -> Value {
        let voter = voters.first { $0.node == peer.node }
        guard let found = voter?.routes.first(where: { $0.name == route }) else {
            throw PeerFault(.unreachable, "Nobody is there.", wasSent: false)
        }
        guard case .value(let value) = try await found.answer(PeerQuestion(node: 12, address: "", body: body)) else {
            throw PeerFault(.malformed, "That is no value.")
        }
        return value
    }

    func lines(
        _ route: String, _ body: Value, of peer: PeerAddress, silence: Duration
    ) -> AsyncThrowingStream<Value, any Error> {
        AsyncThrowingStream { $0.finish(throwing: PeerFault(.unknownRoute, "There are no lines.")) }
    }

    func fetch(
        _ route: String, _ body: Value, of peer: PeerAddress, into file: Descriptor, limit: Int
    ) async throws(PeerFault) {
        throw PeerFault(.unknownRoute, "There are no files.")
    }
}
