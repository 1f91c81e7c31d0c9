import Access
import Certificates
import Support
import Synchronization
import Testing
import Values

@testable import PeerLink

/// Guessing at what opens a cluster.
@Suite(.timeLimit(.minutes(1))) struct GuessingTests {
    @Test func aThousandGuessesAreHardlyLookedAt() async throws {
        let fixture = try PeerFixture()
        let (told, time) = (Refusals(), ManualTime())
        let looked = Mutex(0)
        let join = PeerRoute("join", isOpen: true) { question throws(PeerFault) in
            looked.withLock { $0 += 1 }
            guard question.body == "right" else { throw PeerFault(.refused, "The token is wrong.") }
            return .value(true)
        }
        let server = PeerServer(
            address: "127.0.0.1", port: 0, credentials: try PeerCredentials(fixture.material(11)), routes: [join],
            directory: SomeMembers(), terms: HeardTerms(), witness: SomeWitness(), time: time, logger: fixture.logger,
            onRefusal: { told.add($0) })
        try await running(server) { port in
            let token = fixture.authority.certificate.fingerprint
            try await using(PeerClient(joining: token, logger: fixture.logger)) { client in
                for guess in 0..<1000 {
                    let fault = try await fault {
                        _ = try await client.ask("join", .int(guess), of: node(0, port), within: .seconds(10))
                    }
                    #expect(fault.code == .refused)
                }
                #expect(looked.withLock { $0 } == GuessPauses.free)
                // The right one is not looked at either, until the pause is over.
                let early = try await fault {
                    _ = try await client.ask("join", "right", of: node(0, port), within: .seconds(10))
                }
                #expect(early.message.contains("Too many attempts"))
                time.advance(by: .seconds(1))
                #expect(try await client.ask("join", "right", of: node(0, port), within: .seconds(10)) == true)
            }
        }
        // The first at once, the others folded.
        #expect(told.kinds == [.guess, .guess] && told.all.map(\.count) == [1, GuessPauses.free - 1])
    }

    @Test func pausesDoubleAndAreForgotten() {
        var pauses = GuessPauses()
        var now = Duration.seconds(1000)
        var found: [Duration] = []
        for _ in 0..<12 {
            pauses.fail("a", at: now)
            let pause = pauses.pause(of: "a", at: now) ?? .zero
            found.append(pause)
            now += pause
        }
        #expect(found.map { Int($0 / .seconds(1)) } == [0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60])
        #expect(pauses.pause(of: "b", at: now) == nil)
        now += GuessPauses.memory
        pauses.fail("a", at: now)
        #expect(pauses.pause(of: "a", at: now) == nil)
        pauses.fail("b", at: now)
        pauses.fail("b", at: now)
        pauses.succeed("b")
        pauses.fail("b", at: now)
        #expect(pauses.pause(of: "b", at: now) == nil)
    }

    @Test func manyAddressesHaveOnePace() {
        var pauses = GuessPauses()
        let now = Duration.seconds(1000)
        for address in 0..<(GuessPauses.freeForAll - 1) { pauses.fail("\(address)", at: now) }
        #expect(pauses.pause(of: "new", at: now) == nil)
        pauses.fail("last", at: now)
        #expect(pauses.pause(of: "new", at: now) == .seconds(1))
        #expect(pauses.pause(of: "new", at: now + .seconds(1)) == nil)
    }

    @Test func refusalsOfAKindAndAddressAreOneRecordAMinute() {
        var tallies = RefusalTallies()
        func refusal(_ address: String, _ kind: PeerRefusal.Kind = .guess) -> PeerRefusal {
            PeerRefusal(kind: kind, address: address, node: nil, detail: "no", count: 1)
        }
        #expect(tallies.take(refusal("10.0.0.1"), at: .zero) == refusal("10.0.0.1"))
        #expect(tallies.take(refusal("10.0.0.2"), at: .zero) != nil)
        #expect(tallies.take(refusal("10.0.0.1", .revoked), at: .zero) != nil)
        // Of one /64, as one household has it.
        #expect(tallies.take(refusal("2001:db8::1"), at: .zero) != nil)
        #expect(tallies.take(refusal("2001:db8::2"), at: .zero) == nil)
        for _ in 0..<500 { #expect(tallies.take(refusal("10.0.0.1"), at: .seconds(1)) == nil) }
        #expect(tallies.due(at: .seconds(59)).isEmpty)
        let told = tallies.due(at: .seconds(60)).sorted { $0.count < $1.count }
        #expect(told.map(\.address) == ["2001:db8::2", "10.0.0.1"] && told.map(\.count) == [1, 500])
        // Whoever goes on is counted from the first one on.
        #expect(tallies.take(refusal("10.0.0.1"), at: .seconds(61)) == nil)
        #expect(tallies.due(at: .seconds(62), isFinal: true).map(\.count) == [1])
        // Whoever has endless addresses has one record for all beyond the bound.
        for number in 0..<3000 { _ = tallies.take(refusal("10.1.\(number / 250).\(number % 250)"), at: .seconds(99)) }
        #expect(tallies.due(at: .seconds(200)).reduce(0) { $0 + $1.count } > 1900)
    }
}
