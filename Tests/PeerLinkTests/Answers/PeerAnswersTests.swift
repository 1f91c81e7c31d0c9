import Foundation
import Glibc
import JobEngine
import Posix
import Testing
import Values

@testable import PeerLink

/// Long answers of another node.
@Suite(.timeLimit(.minutes(1))) final class PeerAnswersTests: Sendable {
    private let fixture: PeerFixture
    private let credentials: PeerCredentials
    private let roots = [11, 12].map { NSTemporaryDirectory() + "/answers-\($0)-" + UUID().uuidString }
    private let job = JobID(node: 11, number: 7)
    /// Longer than what goes over at once.
    private let content = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }

    init() throws {
        fixture = try PeerFixture()
        credentials = try PeerCredentials(fixture.material(12))
        for root in roots { try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true) }
    }

    deinit { for root in roots { try? FileManager.default.removeItem(atPath: root) } }

    private var own: AnswerFiles { AnswerFiles(directory: roots[0]) }
    private var other: AnswerFiles { AnswerFiles(directory: roots[1]) }

    /// This node, one beside it, and one that is away.
    private struct Members: Cluster {
        let status: ClusterStatus

        init(port: Int) {
            var status = ClusterStatus(ownNode: 11, master: nil, booted: [:])
            for node in 11...13 {
                var member = ClusterStatus.Member(id: "m\(node)", address: "127.0.0.1", port: 20003, peerPort: port)
                member.isPresent = node != 13
                status.members[node] = member
            }
            self.status = status
        }

        func changes() -> AsyncStream<ClusterStatus> { AsyncStream { $0.finish() } }
    }

    /// Asks node 12, which answers by a route.
    private func asking<Result>(
        _ route: PeerRoute, passages: Int = 4, _ body: (PeerAnswers) async throws -> Result
    ) async throws -> Result {
        try await running(fixture.server(credentials, [route])) { port in
            try await using(try fixture.client(fixture.material(11))) { client in
                try await body(PeerAnswers(own, client, in: Members(port: port), passages: passages))
            }
        }
    }

    private func whole(_ content: AnswerContent) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < content.size {
            let piece = try await content.read(from: bytes.count, count: 1_000_000)
            if piece.isEmpty { break }
            bytes += piece
        }
        return bytes
    }

    private func refusal(
        _ answers: PeerAnswers, _ answer: StoredAnswer, step: Int = 0, on node: Int = 12
    ) async -> JobError? {
        do throws(JobError) {
            _ = try await answers.content(answer, of: job, step: step, on: node)
            return nil
        } catch {
            return error
        }
    }

    @Test func anAnswerComesOverAsItIs() async throws {
        let answer = try await other.store(content, of: job, step: 0)
        try await asking(.answer(other)) { answers in
            let told = try await answers.content(answer, of: job, step: 0, on: 12)
            #expect(told.size == content.count)
            #expect(try await whole(told) == content)
            // Nothing of it stays here.
            let left = try FileManager.default.contentsOfDirectory(atPath: roots[0] + "/spool/cluster/answers")
            #expect(left.isEmpty)
        }
    }

    @Test func thatOfThisNodeIsReadHere() async throws {
        let answer = try await own.store(content, of: job, step: 0)
        try await asking(.echo) { answers in
            let told = try await answers.content(answer, of: job, step: 0, on: 11)
            #expect(try await whole(told) == content)
            #expect(await refusal(answers, answer, step: 1, on: 11)?.code == .answerGone)
        }
    }

    @Test func whatCannotBeHadSaysWhetherItCanBeLater() async throws {
        let answer = try await other.store(content, of: job, step: 0)
        try await asking(.answer(other)) { answers in
            let away = await refusal(answers, answer, on: 13)
            #expect(away?.code == .answerUnavailable && away?.message == "Node 13 is away. Ask again later.")
            // It has left.
            #expect(await refusal(answers, answer, on: 14)?.code == .answerGone)
            #expect(await refusal(answers, answer, step: 1)?.code == .answerGone)
        }
        try await asking(.echo) { answers in
            let former = await refusal(answers, answer)
            #expect(former?.code == .answerUnavailable && former?.message.contains("version") == true)
        }
    }

    @Test func anotherAnswerThanTheRecordSaysIsNotTold() async throws {
        let answer = try await own.store(content, of: job, step: 0)
        var wrong = content
        wrong[2_999_999] ^= 1
        for bytes in [wrong, Array(content.dropLast()), content + [0]] {
            let forged = roots[1] + "/forged"
            try Data(bytes).write(to: URL(fileURLWithPath: forged))
            let route = PeerRoute("answer") { (_) throws(PeerFault) in
                guard let file = try? Descriptor.file(forged, O_RDONLY) else { throw PeerFault(.missing, "") }
                return .file(file)
            }
            try await asking(route) { answers in
                #expect(await refusal(answers, answer)?.code == .answerUnavailable)
            }
        }
    }

    @Test func onlySoManyAreOnTheirWayAtOnce() async throws {
        let answer = try await other.store(content, of: job, step: 0)
        try await asking(.answer(other), passages: 1) { answers in
            var first: AnswerContent? = try await answers.content(answer, of: job, step: 0, on: 12)
            let second = await refusal(answers, answer)
            #expect(second?.code == .answerUnavailable && second?.message.contains("Too many") == true)
            #expect(try await first?.read(from: 0, count: 10) == Array(content.prefix(10)))
            first = nil
            #expect(await refusal(answers, answer) == nil)
        }
    }

    @Test func strangersAndNonsenseAreNotAnswered() async throws {
        let answer = try await other.store(content, of: job, step: 0)
        let question = AnswerForm.value(of: answer, of: job, step: 0)
        for (node, body) in [(nil, question), (11, ["job": "11.7"]), (11, "x")] as [(Int?, Value)] {
            await #expect(throws: PeerFault(.malformed, "A question for an answer is expected.")) {
                _ = try await PeerRoute.answer(self.other).answer(PeerQuestion(node: node, address: "::1", body: body))
            }
        }
    }
}
