import Certificates
import Foundation
import JobEngine
import Replication
import Support
import Synchronization
import Testing
import Values

@testable import PeerLink

/// What nodes and a witness tell each other.
@Suite(.timeLimit(.minutes(1))) struct WitnessTests {
    private static let number = ClusterStatus.Witness.number

    private static func question(
        generation: Int = 1, entry: Int, members: [Int], revoked: [String] = []
    ) -> WitnessQuestion {
        WitnessQuestion(
            generation: generation, entry: entry,
            members: members.map { PeerAddress(node: $0, address: "10.0.0.\($0)", port: 20381) },
            revoked: revoked.map {
                RevokedCertificate(
                    serialNumber: $0, revokedAt: Date(timeIntervalSince1970: 1_767_362_530),
                    notAfter: Date(timeIntervalSince1970: 1_798_898_530))
            })
    }

    @Test func whatIsToldIsReadAsItWasSent() {
        let question = Self.question(generation: 2, entry: 412, members: [11, 12], revoked: ["0a1b"])
        #expect(WitnessQuestion(question.value) == question)
        for member in ["generation", "entry", "members", "revoked"] {
            var value = question.value.map ?? [:]
            value[member] = "x"
            #expect(WitnessQuestion(.map(value)) == nil, "\(member)")
            value[member] = nil
            #expect(WitnessQuestion(.map(value)) == nil, "\(member)")
        }
        let many = Self.question(entry: 1, members: [11], revoked: (0...WitnessQuestion.mostRevoked).map { "\($0)" })
        #expect(many.revoked.count == WitnessQuestion.mostRevoked)
        for fault in [nil, "it runs, and knows no leader"] {
            let sign = WitnessSign(version: "0.5.0", fault: fault)
            #expect(WitnessSign(sign.value) == sign)
        }
        #expect(WitnessSign(["version": "0.5.0", "fault": "one\ntwo"])?.fault == "one two")
    }

    /// A node that is behind tells old things, and is not believed over one that was further.
    @Test func whoIsFurtherIsBelieved() {
        let time = ManualTime()
        let board = WitnessBoard(time: time)
        #expect(board.members == nil && board.silence == nil)
        #expect(board.take(Self.question(entry: 20, members: [11, 12], revoked: ["0a"])))
        #expect(!board.take(Self.question(entry: 21, members: [11, 12], revoked: ["0a"])))
        #expect(!board.take(Self.question(entry: 19, members: [11])))
        #expect(board.members?.map(\.node) == [11, 12] && board.revoked.map(\.serialNumber) == ["0a"])
        // A new generation may begin before the entry the former one came to.
        #expect(board.take(Self.question(generation: 2, entry: 15, members: [11])))
        #expect(board.members?.map(\.node) == [11] && board.revoked.isEmpty && board.generation == 2)
        #expect(board.silence == .zero)
    }

    @Test func theWitnessAsksWhatIsItsConcernAlone() async throws {
        let fixture = try PeerFixture()
        let credentials = try PeerCredentials(fixture.material(11))
        let routes = [
            PeerRoute("state") { _ throws(PeerFault) in .value("all of it") },
            PeerRoute("certificate") { question throws(PeerFault) in .value(.int(question.node ?? 0)) }.alsoForWitness,
        ]
        try await running(fixture.server(credentials, routes)) { port in
            let peer = PeerAddress(node: 11, address: "127.0.0.1", port: port)
            try await using(try fixture.client(fixture.material(Self.number))) { client in
                let answer = try await client.ask("certificate", .null, of: peer, within: .seconds(10))
                #expect(answer.int == Self.number)
                await #expect(throws: PeerFault.self) {
                    _ = try await client.ask("state", .null, of: peer, within: .seconds(10))
                }
            }
            try await using(try fixture.client(fixture.material(12))) { client in
                let answer = try await client.ask("state", .null, of: peer, within: .seconds(10))
                #expect(answer.string == "all of it")
            }
        }
    }

    @Test func anInvitationAndAFileSayThatItIsOne() throws {
        let place = try #require(JoinPlace(address: "10.0.0.11", port: 20381))
        let authority = try PeerFixture().authority.certificate
        let invitation = try #require(Invitation(of: Self.number, by: authority, at: [place]))
        #expect(try Invitation(text: invitation.text).isForWitness)
        #expect(try #require(Invitation(of: 12, by: authority, at: [place])).isForWitness == false)
        let file = MemberFile(
            member: "m", node: Self.number, cluster: "c1", generation: 1, life: 1, address: "10.0.0.9",
            ports: ClusterPorts())
        #expect(MemberFile(file.value)?.isWitness == true)
        #expect(ClusterStatus.words(of: Self.number) == "the witness" && ClusterStatus.words(of: 12) == "node 12")
    }
}
