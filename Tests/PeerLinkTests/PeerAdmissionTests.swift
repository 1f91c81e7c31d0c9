import Certificates
import Foundation
import Synchronization
import Testing
import Values

@testable import PeerLink

/// Who is answered, and whom a node asks.
@Suite(.timeLimit(.minutes(1))) struct PeerAdmissionTests {
    private let fixture: PeerFixture
    private let credentials: PeerCredentials

    init() throws {
        fixture = try PeerFixture()
        credentials = try PeerCredentials(fixture.material(11))
    }

    @Test func aMemberIsAnsweredAndKnown() async throws {
        let told = Refusals()
        try await running(fixture.server(credentials, [.echo], told: told)) { port in
            try await using(try fixture.client(fixture.material(12))) { client in
                let answer = try await client.ask("echo", ["a": 1], of: node(11, port), within: .seconds(10))
                #expect(answer == ["node": 12, "said": ["a": 1]])
            }
        }
        #expect(told.all.isEmpty)
    }

    @Test func withoutACertificateOpenRoutesAnswerAlone() async throws {
        let open = PeerRoute("join", isOpen: true) { question in
            .value(["node": question.node.map { .int($0) } ?? .null, "from": .string(question.address)])
        }
        let told = Refusals()
        try await running(fixture.server(credentials, [.echo, open], told: told)) { port in
            let token = fixture.authority.certificate.fingerprint
            try await using(PeerClient(joining: token, logger: fixture.logger)) { client in
                let answer = try await client.ask("join", .null, of: node(0, port), within: .seconds(10))
                #expect(answer == ["node": .null, "from": "127.0.0.1"])
                for route in ["echo", "nothing-like-it"] {
                    let fault = try await fault {
                        _ = try await client.ask(route, .null, of: node(0, port), within: .seconds(10))
                    }
                    // Which routes there are is not told.
                    #expect(fault.code == .stranger)
                    #expect(fault.message == "No certificate of the cluster was shown.")
                }
            }
            let written = token.uppercased().enumerated().map { $0 > 0 && $0 % 2 == 0 ? ":\($1)" : "\($1)" }.joined()
            try await using(PeerClient(joining: written, logger: fixture.logger)) { client in
                _ = try await client.ask("join", .null, of: node(11, port), within: .seconds(10))
            }
        }
        // The second one is folded, and told at the end.
        #expect(told.kinds == [.stranger, .stranger])
    }

    @Test func aTokenOfAnotherClusterAsksNobody() async throws {
        let open = PeerRoute("join", isOpen: true) { _ in .value(true) }
        let other = try PeerFixture()
        try await running(fixture.server(credentials, [open])) { port in
            let client = PeerClient(joining: other.authority.certificate.fingerprint, logger: fixture.logger)
            try await using(client) { client in
                let fault = try await fault {
                    _ = try await client.ask("join", .null, of: node(0, port), within: .seconds(10))
                }
                #expect(fault.code == .stranger && !fault.wasSent)
            }
        }
    }

    @Test func certificatesThatAreNotBelievedAreToldWhy() async throws {
        let day = 86_400.0
        let old = try PeerFixture(now: Date() - 800 * day)
        let own = try old.material(11)
        let foreign = try old.material(12, issuer: PeerFixture())
        let expired = try old.material(13, now: Date() - 400 * day)
        let revoked = try old.material(14)
        let taken = try CertificateChain(pem: revoked.certificate).leaf
        var listed = own
        listed.revocations = try old.list(of: [taken])
        let told = Refusals()
        try await running(old.server(PeerCredentials(listed), [.echo], told: told)) { port in
            for material in [foreign, expired, revoked] {
                try await using(try old.client(material)) { client in
                    let fault = try await fault {
                        _ = try await client.ask("echo", .null, of: node(11, port), within: .seconds(10))
                    }
                    #expect(fault.code == .stranger)
                    #expect(fault.message.hasPrefix("The certificate is not believed here:"))
                }
            }
        }
        #expect(told.kinds == [.stranger, .expired, .revoked])
        #expect(told.all.allSatisfy { $0.address == "127.0.0.1" && $0.count == 1 })
    }

    @Test func whoeverAnswersHasToBeTheNodeThatIsMeant() async throws {
        let asked = Mutex(0)
        let secret = PeerRoute("secret") { _ in
            asked.withLock { $0 += 1 }
            return .value(true)
        }
        let foreign = try PeerCredentials(try PeerFixture().material(11))
        for (credentials, meant) in [(credentials, 12), (foreign, 11)] {
            try await running(fixture.server(credentials, [secret])) { port in
                try await using(try fixture.client(fixture.material(13))) { client in
                    let fault = try await fault {
                        _ = try await client.ask("secret", "x", of: node(meant, port), within: .seconds(10))
                    }
                    #expect(fault.code == .stranger && !fault.wasSent, "\(fault)")
                }
            }
        }
        #expect(asked.withLock { $0 } == 0)
    }

    @Test func whoIsNoMemberAnyMoreIsRefused() async throws {
        let (members, told) = (SomeMembers(), Refusals())
        let former = try fixture.material(13)
        members.remove(try CertificateChain(pem: former.certificate).leaf)
        try await running(fixture.server(credentials, [.echo], directory: members, told: told)) { port in
            try await using(try fixture.client(fixture.material(12))) { client in
                _ = try await client.ask("echo", .null, of: node(11, port), within: .seconds(10))
                // By the connection that is open.
                members.remove(12)
                let fault = try await fault {
                    _ = try await client.ask("echo", .null, of: node(11, port), within: .seconds(10))
                }
                #expect(fault.code == .notMember)
            }
            // The node is a member, and this certificate that of a former life.
            try await using(try fixture.client(former)) { client in
                let fault = try await fault {
                    _ = try await client.ask("echo", .null, of: node(11, port), within: .seconds(10))
                }
                #expect(fault.code == .notMember)
            }
        }
        // Of one address and one kind: folded, and the rest told at the end.
        #expect(told.kinds == [.notMember, .notMember])
        #expect(told.all.map(\.node) == [12, 13])
    }

    @Test func aKeyThatDoesNotBelongIsNotTaken() throws {
        var mixed = try fixture.material(12)
        mixed.key = try fixture.material(12).key
        #expect(throws: CertificateError.self) { try PeerCredentials(mixed) }
        #expect(throws: CertificateError.self) { try credentials.replace(with: fixture.material(12)) }
        let revoked = try fixture.issue(11)
        let material = PeerMaterial(
            certificate: revoked.certificate.pem, key: revoked.key.pem,
            authorities: fixture.authority.certificate.pem, revocations: try fixture.list(of: [revoked.certificate]))
        #expect(throws: CertificateError.self) { try credentials.replace(with: material) }
    }
}
