import Certificates
import Foundation
import Glibc
import Posix
import Synchronization
import Testing
import Values
import Waiting

@testable import PeerLink

/// Answers of lines, and those that are files.
@Suite(.timeLimit(.minutes(1))) struct PeerStreamTests {
    private let fixture: PeerFixture
    private let credentials: PeerCredentials
    private let members = SomeMembers()

    init() throws {
        fixture = try PeerFixture()
        credentials = try PeerCredentials(fixture.material(11))
    }

    private func asking<Result>(
        _ routes: [PeerRoute], by material: PeerMaterial? = nil,
        _ body: (PeerClient, PeerAddress, PeerServer) async throws -> Result
    ) async throws -> Result {
        let server = fixture.server(credentials, routes, directory: members)
        return try await running(server) { port in
            try await using(try fixture.client(material ?? fixture.material(12))) { client in
                try await body(client, node(11, port), server)
            }
        }
    }

    /// Tells one line, and then none until it is ended; the wait has an answer when nobody reads it any more.
    private func endless(_ ended: Waiter<Void>) -> PeerRoute {
        PeerRoute("endless") { _ in
            let (lines, tell) = AsyncStream<Value>.makeStream()
            tell.onTermination = { _ in ended.resume(returning: ()) }
            tell.yield(["line": 0])
            return .lines(lines)
        }
    }

    @Test func linesComeInTheirOrder() async throws {
        let count = PeerRoute("count") { question in
            let most = question.body.int ?? 0
            return .lines(
                AsyncStream { tell in
                    for number in 0..<most { tell.yield(["number": .int(number), "text": "a\nb"]) }
                    tell.finish()
                })
        }
        try await asking([count]) { client, peer, _ in
            for most in [0, 1, 5000] {
                var numbers: [Int] = []
                for try await line in client.lines("count", .int(most), of: peer, silence: .seconds(10)) {
                    numbers.append(try #require(line["number"]?.int))
                }
                #expect(numbers == Array(0..<most))
            }
        }
    }

    @Test func whatFailsOnTheWayIsTheLastLine() async throws {
        let failing = PeerRoute("failing") { _ in
            .lines(
                AsyncStream { tell in
                    tell.yield(1)
                    tell.yield(PeerFault(.missing, "The rest is gone.").line)
                    tell.finish()
                })
        }
        try await asking([failing]) { client, peer, _ in
            var lines: [Value] = []
            let failed = try await fault {
                for try await line in client.lines("failing", .null, of: peer, silence: .seconds(10)) {
                    lines.append(line)
                }
            }
            #expect(failed == PeerFault(.missing, "The rest is gone.") && lines == [1])
            let unknown = try await fault {
                for try await _ in client.lines("unknown", .null, of: peer, silence: .seconds(10)) {}
            }
            #expect(unknown.code == .unknownRoute)
        }
    }

    @Test func linesThatBreakOffEndWithAFault() async throws {
        let server = fixture.server(credentials, [endless(Waiter())])
        let task = Task { try await server.run() }
        let port = try #require(await server.listeningPort())
        try await using(try fixture.client(fixture.material(12))) { client in
            var lines = 0
            let failed = try await fault {
                for try await _ in client.lines("endless", .null, of: node(11, port), silence: .seconds(60)) {
                    lines += 1
                    task.cancel()
                }
            }
            #expect(failed.code == .unreachable && lines == 1, "\(failed)")
        }
        try await task.value
    }

    @Test func silenceEndsThem() async throws {
        let ended = Waiter<Void>()
        try await asking([endless(ended)]) { client, peer, _ in
            var lines = 0
            let failed = try await fault {
                for try await _ in client.lines("endless", .null, of: peer, silence: .seconds(3)) { lines += 1 }
            }
            #expect(failed.code == .unreachable && lines == 1)
            await ended.answer()
        }
    }

    @Test func nobodyGoesOnForACallerWhoWentAway() async throws {
        let ended = Waiter<Void>()
        try await asking([endless(ended)]) { client, peer, _ in
            for try await _ in client.lines("endless", .null, of: peer, silence: .seconds(60)) { break }
            await ended.answer()
        }
    }

    @Test func aCertificateThatIsTakenBackEndsItsConnections() async throws {
        let material = try fixture.material(12)
        let taken = try CertificateChain(pem: material.certificate).leaf
        let own = try fixture.material(11)
        try await asking([endless(Waiter())], by: material) { client, peer, _ in
            let failed = try await fault {
                for try await _ in client.lines("endless", .null, of: peer, silence: .seconds(60)) {
                    var listed = own
                    listed.revocations = try fixture.list(of: [taken])
                    try credentials.replace(with: listed)
                }
            }
            #expect(failed.code == .unreachable)
        }
    }

    @Test func aRemovedMemberIsCutOffWhenMembersAreReviewed() async throws {
        try await asking([endless(Waiter())]) { client, peer, server in
            let failed = try await fault {
                for try await _ in client.lines("endless", .null, of: peer, silence: .seconds(60)) {
                    members.remove(13)
                    await server.review()
                    #expect(server.openConnections == 1)
                    members.remove(12)
                    await server.review()
                }
            }
            #expect(failed.code == .unreachable)
        }
    }

    @Test func filesComeWhole() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "confd-peers-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let content = (0..<3_000_001).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 7) }
        try Data(content).write(to: folder.appending(path: "whole"))
        try Data().write(to: folder.appending(path: "empty"))
        let path = folder.path
        let files = PeerRoute("files") { question throws(PeerFault) in
            do throws(SystemFault) {
                return .file(try Descriptor.file("\(path)/\(question.body.string ?? "")", O_RDONLY))
            } catch {
                throw PeerFault(.missing, "There is no such file.")
            }
        }
        try await asking([files]) { client, peer, _ in
            for (name, expected) in [("whole", content), ("empty", [])] {
                let copy = try Descriptor.file("\(path)/\(name).copy", O_RDWR | O_CREAT)
                try await client.fetch("files", .string(name), of: peer, into: copy, limit: content.count)
                #expect(try copy.read(from: 0, count: content.count + 1) == expected)
            }
            let copy = try Descriptor.file("\(path)/other", O_RDWR | O_CREAT)
            let missing = try await fault {
                try await client.fetch("files", "nothing", of: peer, into: copy, limit: 10)
            }
            #expect(missing == PeerFault(.missing, "There is no such file."))
            let large = try await fault {
                try await client.fetch("files", "whole", of: peer, into: copy, limit: content.count - 1)
            }
            #expect(large.code == .malformed)
            let folder = try await fault { try await client.fetch("files", ".", of: peer, into: copy, limit: 10) }
            #expect(folder.code == .refused)
        }
    }
}
