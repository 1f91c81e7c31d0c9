import Certificates
import ClusterLog
import Synchronization
import Testing
import Values
import Waiting

@testable import PeerLink

/// Questions with one answer.
@Suite(.timeLimit(.minutes(1))) struct PeerAskingTests {
    private let fixture: PeerFixture
    private let credentials: PeerCredentials

    init() throws {
        fixture = try PeerFixture()
        credentials = try PeerCredentials(fixture.material(11))
    }

    /// Asks a server of these routes.
    private func asking<Result>(
        _ routes: [PeerRoute], terms: HeardTerms = HeardTerms(), at others: HeardTerms = HeardTerms(),
        witness: SomeWitness = SomeWitness(), _ body: (PeerClient, PeerAddress) async throws -> Result
    ) async throws -> Result {
        try await running(fixture.server(credentials, routes, terms: others, witness: witness)) { port in
            try await using(try fixture.client(fixture.material(12), terms: terms)) { client in
                try await body(client, node(11, port))
            }
        }
    }

    @Test(arguments: PeerFault.Code.allCases)
    func faultsComeOverAsTheyAre(code: PeerFault.Code) async throws {
        let route = PeerRoute("fail") { _ throws(PeerFault) in throw PeerFault(code, "It did not work.") }
        try await asking([route]) { client, peer in
            let fault = try await fault { _ = try await client.ask("fail", .null, of: peer, within: .seconds(10)) }
            #expect(fault == PeerFault(code, "It did not work."))
        }
        #expect(PeerFault.Code.allCases.filter { $0.status == code.status } == [code])
    }

    @Test func whatIsNotKnownOrTooLargeIsRefused() async throws {
        let small = PeerRoute("small", questionLimit: 1000) { question in .value(question.body) }
        try await asking([small]) { client, peer in
            let unknown = try await fault { _ = try await client.ask("large", .null, of: peer, within: .seconds(10)) }
            #expect(unknown.code == .unknownRoute)
            let text = String(repeating: "x", count: 999)
            let large = try await fault {
                _ = try await client.ask("small", .string(text), of: peer, within: .seconds(10))
            }
            #expect(large.code == .malformed && large.message.contains("too large"), "\(large)")
            // And what fits is answered by a new connection.
            let most = String(repeating: "x", count: 998)
            #expect(try await client.ask("small", .string(most), of: peer, within: .seconds(10)).string == most)
        }
    }

    @Test func nobodyIsToldWhatNobodyHears() async throws {
        try await using(try fixture.client(fixture.material(12))) { client in
            for port in [1, 0, 70_000] {
                let fault = try await fault {
                    _ = try await client.ask("echo", .null, of: node(11, port), within: .seconds(10))
                }
                #expect(fault.code == .unreachable && !fault.wasSent, "\(fault)")
            }
        }
    }

    @Test func aFormerTermIsRefusedWhereItMatters() async throws {
        let (old, new) = (Term(generation: 1, epoch: 90), Term(generation: 2, epoch: 3))
        let command = PeerRoute("command", wantsTerm: true) { question in
            .value(.string(question.term.map { "\($0)" } ?? ""))
        }
        let (own, others) = (HeardTerms(old), HeardTerms(new))
        try await asking([command, .echo], terms: own, at: others) { client, peer in
            let fault = try await fault { _ = try await client.ask("command", .null, of: peer, within: .seconds(10)) }
            #expect(fault.code == .lowerTerm)
            // What others say is no proof: the newer one is known when etcd has told it.
            #expect(own.highest == old)
            try await own.take(new)
            #expect(try await client.ask("command", .null, of: peer, within: .seconds(10)) == "2.3")
            let newest = Term(generation: 2, epoch: 4)
            try await own.take(newest)
            #expect(try await client.ask("command", .null, of: peer, within: .seconds(10)) == "2.4")
            #expect(others.highest == newest)
        }
        try await asking([command, .echo], at: others) { client, peer in
            // Who knows of none knows of no newer one.
            let fault = try await fault { _ = try await client.ask("command", .null, of: peer, within: .seconds(10)) }
            #expect(fault.code == .lowerTerm)
        }
        try await asking([.echo], terms: HeardTerms(old), at: others) { client, peer in
            _ = try await client.ask("echo", .null, of: peer, within: .seconds(10))
        }
    }

    /// A member that was taken over cannot shut the others out with a term that never comes.
    @Test func aTermEtcdDoesNotHaveIsNotKept() async throws {
        let (known, invented) = (Term(generation: 1, epoch: 90), Term(generation: 1, epoch: 999_999_999_999_999_999))
        let order = PeerRoute("vote", wantsTerm: true) { _ in .value(true) }
        let (others, witness) = (HeardTerms(known), SomeWitness(.doesNotHold))
        try await asking([order, .echo], terms: HeardTerms(invented), at: others, witness: witness) { client, peer in
            let refused = try await fault { _ = try await client.ask("vote", .null, of: peer, within: .seconds(10)) }
            #expect(refused.code == .lowerTerm && others.highest == known)
            // Where terms do not matter nobody is asked.
            _ = try await client.ask("echo", .null, of: peer, within: .seconds(10))
            #expect(witness.asked == [invented] && others.highest == known)
            witness.say(.unknown)
            let unknown = try await fault { _ = try await client.ask("vote", .null, of: peer, within: .seconds(10)) }
            #expect(unknown.code == .unreachable && others.highest == known)
        }
        try await asking([order], terms: HeardTerms(known), at: others, witness: witness) { client, peer in
            let answer = try await client.ask("vote", .null, of: peer, within: .seconds(10))
            #expect(answer == true)
        }
    }

    @Test func whatIsDoneForACallerEndsWithIt() async throws {
        let (begun, ended) = (Waiter<Void>(), Waiter<Bool>())
        let slow = PeerRoute("slow") { _ in
            begun.resume(returning: ())
            let waits = Waiter<Bool>()
            ended.resume(returning: await waits.answer(whenCancelled: true))
            return .value(true)
        }
        try await asking([slow]) { client, peer in
            let asked = Task { try await client.ask("slow", .null, of: peer, within: .seconds(600)) }
            await begun.answer()
            asked.cancel()
            let fault = try await fault { _ = try await asked.value }
            #expect(fault.code == .unreachable && fault.wasSent)
            #expect(await ended.answer())
        }
    }

    @Test func anAnswerHasItsTime() async throws {
        let never = PeerRoute("never") { _ in
            await Waiter<Void>().answer(whenCancelled: ())
            return .value(true)
        }
        try await asking([never]) { client, peer in
            let fault = try await fault {
                _ = try await client.ask("never", .null, of: peer, within: .seconds(3))
            }
            #expect(fault.code == .unreachable && fault.wasSent)
        }
    }

    @Test func manyQuestionsShareFewConnections() async throws {
        let server = fixture.server(credentials, [.echo])
        try await running(server) { port in
            try await using(try fixture.client(fixture.material(12))) { client in
                try await withThrowingTaskGroup(of: Value.self) { group in
                    for number in 0..<200 {
                        group.addTask {
                            try await client.ask("echo", .int(number), of: node(11, port), within: .seconds(30))
                        }
                    }
                    var numbers: Set<Int> = []
                    for try await answer in group { numbers.insert(answer["said"]?.int ?? -1) }
                    #expect(numbers == Set(0..<200))
                }
                #expect(1...8 ~= server.openConnections)
            }
        }
    }

    @Test func replacingCertificatesLosesNoQuestion() async throws {
        let own = try PeerCredentials(fixture.material(12))
        let client = PeerClient(credentials: own, terms: HeardTerms(), logger: fixture.logger)
        try await running(fixture.server(credentials, [.echo])) { port in
            try await using(client) { client in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<8 {
                        group.addTask {
                            for number in 0..<50 {
                                let answer = try await client.ask(
                                    "echo", .int(number), of: node(11, port), within: .seconds(30))
                                #expect(answer["said"] == .int(number))
                            }
                        }
                    }
                    for _ in 0..<10 {
                        try credentials.replace(with: fixture.material(11))
                        try own.replace(with: fixture.material(12))
                        _ = try await client.ask("echo", .null, of: node(11, port), within: .seconds(30))
                    }
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test func oneAuthorityFollowsAnother() async throws {
        let next = try PeerFixture()
        let both = fixture.authority.certificate.pem + next.authority.certificate.pem
        let lists = try fixture.list(of: []) + next.list(of: [])
        func material(_ node: Int, _ issuer: PeerFixture) throws -> PeerMaterial {
            var material = try issuer.material(node)
            (material.authorities, material.revocations) = (both, lists)
            return material
        }
        let (here, there) = (try PeerCredentials(material(11, fixture)), try PeerCredentials(material(12, fixture)))
        let client = PeerClient(credentials: there, terms: HeardTerms(), logger: fixture.logger)
        try await running(fixture.server(here, [.echo])) { port in
            try await using(client) { client in
                _ = try await client.ask("echo", .null, of: node(11, port), within: .seconds(10))
                try here.replace(with: material(11, next))
                _ = try await client.ask("echo", .null, of: node(11, port), within: .seconds(10))
                try there.replace(with: material(12, next))
                _ = try await client.ask("echo", .null, of: node(11, port), within: .seconds(10))
                // The former one is gone, and nobody has a certificate of it.
                try here.replace(with: next.material(11))
                try there.replace(with: next.material(12))
                _ = try await client.ask("echo", .null, of: node(11, port), within: .seconds(10))
            }
        }
    }
}
