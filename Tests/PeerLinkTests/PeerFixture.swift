import Certificates
import ClusterLog
import Foundation
import Logging
import Synchronization
import Testing
import Values
import Waiting

@testable import PeerLink

/// A cluster with an authority, for as many nodes as a test wants, all of them on loopback.
struct PeerFixture: Sendable {
    static let cluster = "0123456789abcdef0123456789abcdef01234567"
    let authority: ClusterAuthority
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// - Parameter now: Certificates begin and end by it.
    init(_ cluster: String = Self.cluster, now: Date = Date()) throws {
        authority = try ClusterAuthority.make(cluster: cluster, now: now)
    }

    /// A certificate with its key.
    func issue(_ node: Int, now: Date = Date()) throws -> (certificate: Certificate, key: PrivateKey) {
        let key = try PrivateKey.generate(.p256)
        let request = try SigningRequest(commonName: "node", names: []).pem(signedBy: key)
        let member = try MemberIdentity(cluster: authority.cluster, member: node, address: "127.0.0.1")
        return (try authority.issue(to: member, for: ReceivedRequest(pem: Array(request.utf8)), now: now), key)
    }

    /// What a node shows.
    ///
    /// - Parameters:
    ///   - issuer: Another one than that the node itself believes.
    ///   - revoked: What its list says.
    func material(
        _ node: Int, issuer: PeerFixture? = nil, now: Date = Date(), revoked: [Certificate] = []
    ) throws -> PeerMaterial {
        let (certificate, key) = try (issuer ?? self).issue(node, now: now)
        return PeerMaterial(
            certificate: certificate.pem, key: key.pem, authorities: authority.certificate.pem,
            revocations: try list(of: revoked))
    }

    func list(of revoked: [Certificate], now: Date = Date()) throws -> String {
        try authority.revocationList(of: revoked.map { RevokedCertificate($0, at: now) }, now: now)
    }

    func server(
        _ credentials: PeerCredentials, _ routes: [PeerRoute], directory: SomeMembers = SomeMembers(),
        terms: HeardTerms = HeardTerms(), witness: SomeWitness = SomeWitness(), limits: PeerLimits = PeerLimits(),
        told: Refusals = Refusals()
    ) -> PeerServer {
        PeerServer(
            address: "127.0.0.1", port: 0, credentials: credentials, routes: routes, directory: directory, terms: terms,
            witness: witness, limits: limits, logger: logger, onRefusal: { told.add($0) })
    }

    func client(_ material: PeerMaterial, terms: HeardTerms = HeardTerms()) throws -> PeerClient {
        PeerClient(credentials: try PeerCredentials(material), terms: terms, logger: logger)
    }
}

/// Runs a server while a body asks it.
func running<Result>(_ server: PeerServer, _ body: (Int) async throws -> Result) async throws -> Result {
    let task = Task { try await server.run() }
    let answer: Swift.Result<Result, any Error>
    do {
        answer = .success(try await body(try #require(await server.listeningPort())))
    } catch {
        answer = .failure(error)
    }
    task.cancel()
    try await task.value
    return try answer.get()
}

/// Closes a client behind the body.
func using<Result>(_ client: PeerClient, _ body: (PeerClient) async throws -> Result) async throws -> Result {
    do {
        let result = try await body(client)
        await client.close()
        return result
    } catch {
        await client.close()
        throw error
    }
}

/// The fault of an ask that is to fail.
func fault(_ ask: () async throws -> Void) async throws -> PeerFault {
    do {
        try await ask()
    } catch let fault as PeerFault {
        return fault
    }
    Issue.record("nothing failed")
    throw CancellationError()
}

func node(_ number: Int, _ port: Int) -> PeerAddress { PeerAddress(node: number, address: "127.0.0.1", port: port) }

/// Everybody is a member who was not removed.
final class SomeMembers: PeerDirectory {
    private let removed = Mutex<Set<Int>>([])
    private let former = Mutex<Set<String>>([])

    func remove(_ node: Int) { removed.withLock { _ = $0.insert(node) } }
    /// The node has joined again, by another certificate.
    func remove(_ certificate: Certificate) { former.withLock { _ = $0.insert(certificate.serialNumber) } }

    func isMember(_ identity: MemberIdentity, showing certificate: Certificate) async -> Bool {
        !removed.withLock { $0.contains(identity.member) } && !former.withLock { $0.contains(certificate.serialNumber) }
    }
}

/// Terms in memory.
final class HeardTerms: PeerTerms {
    private let term: Mutex<Term?>

    init(_ term: Term? = nil) { self.term = Mutex(term) }

    var highest: Term? { term.withLock { $0 } }

    func take(_ term: Term) async throws(PeerFault) {
        self.term.withLock { known in known = known.map { max($0, term) } ?? term }
    }
}

/// Says the same of every term; at first that it holds.
final class SomeWitness: TermWitness {
    private let state = Mutex((word: TermWord.holds, asked: [Term]()))

    init(_ word: TermWord = .holds) { say(word) }

    func say(_ word: TermWord) { state.withLock { $0.word = word } }
    /// About which it was asked.
    var asked: [Term] { state.withLock { $0.asked } }

    func word(on term: Term, of node: Int?) async -> TermWord {
        state.withLock { state in
            state.asked.append(term)
            return state.word
        }
    }
}

/// What a server told of those it did not answer.
final class Refusals: Sendable {
    private let refusals = Mutex<[PeerRefusal]>([])

    func add(_ refusal: PeerRefusal) { refusals.withLock { $0.append(refusal) } }
    var all: [PeerRefusal] { refusals.withLock { $0 } }
    var kinds: [PeerRefusal.Kind] { all.map(\.kind) }
}

extension PeerRoute {
    /// Says what it was asked, and by whom.
    static let echo = PeerRoute("echo") { question in
        .value(["node": question.node.map { .int($0) } ?? .null, "said": question.body])
    }
}
