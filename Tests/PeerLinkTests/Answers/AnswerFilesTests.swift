import Certificates
import Foundation
import JobEngine
import Posix
import Testing
import Values

@testable import PeerLink

/// The files of answers that are too long for records.
@Suite final class AnswerFilesTests: Sendable {
    private let root = NSTemporaryDirectory() + "/answers-" + UUID().uuidString
    private let job = JobID(node: 11, number: 7)

    init() throws { try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    private var folder: String { root + "/spool/cluster/answers" }
    private var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: folder).sorted() } }

    private func files(one: Int = 100, all: Int = 250) -> AnswerFiles {
        var bounds = AnswerBounds()
        (bounds.one, bounds.all) = (one, all)
        return AnswerFiles(directory: root, bounds: bounds)
    }

    private func content(_ letter: Character, _ count: Int = 80) -> [UInt8] {
        Array(String(repeating: letter, count: count).utf8)
    }

    /// Sets when a file was written.
    private func age(_ answer: StoredAnswer, _ job: JobID, _ step: Int, days: Double) throws {
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -days * 86_400)],
            ofItemAtPath: "\(folder)/\(job)-\(step)-\(answer.sha256)")
    }

    @Test func anAnswerIsKeptForThisAccountAlone() async throws {
        let files = files()
        let answer = try await files.store(content("a"), of: job, step: 2)
        #expect(answer == StoredAnswer(bytes: 80, sha256: Digest.sha256Hex(content("a"))))
        let file = try #require(await files.file(of: answer, of: job, step: 2))
        #expect(try file.read(from: 0, count: 1000) == content("a"))
        #expect(try names == ["11.7-2-\(answer.sha256)"])
        for (path, mode) in [("\(folder)/11.7-2-\(answer.sha256)", 0o600), (folder, 0o700)] {
            let found = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(found == mode, "\(path)")
        }
        // Only that answer of that command.
        #expect(await files.file(of: answer, of: job, step: 1) == nil)
        #expect(await files.file(of: answer, of: JobID(node: 11, number: 8), step: 2) == nil)
        let shorter = try #require(StoredAnswer(bytes: 79, sha256: answer.sha256))
        #expect(await files.file(of: shorter, of: job, step: 2) == nil)
    }

    @Test func oneThatIsTooLongIsNotKept() async throws {
        let files = files()
        await #expect(throws: InstallError("at most 100 bytes are kept in a file")) {
            try await files.store(self.content("a", 101), of: self.job, step: 0)
        }
        _ = try await files.store(content("a", 100), of: job, step: 0)
        await #expect(throws: InstallError.self) {
            try await self.files(one: 300, all: 50).store(self.content("b", 51), of: self.job, step: 1)
        }
    }

    @Test func aCommandThatIsRunAgainHasOneFile() async throws {
        let files = files()
        let first = try await files.store(content("a"), of: job, step: 0)
        let other = try await files.store(content("c"), of: job, step: 1)
        let second = try await files.store(content("b"), of: job, step: 0)
        #expect(await files.file(of: first, of: job, step: 0) == nil)
        #expect(await files.file(of: second, of: job, step: 0) != nil)
        #expect(await files.file(of: other, of: job, step: 1) != nil)
    }

    @Test func theOldestGiveWayToNewOnes() async throws {
        let files = files()
        var answers: [StoredAnswer] = []
        for (step, letter) in ["a", "b", "c"].enumerated() {
            answers.append(try await files.store(content(Character(letter)), of: job, step: step))
            // The first is the newest.
            try age(answers[step], job, step, days: 1 + Double(step))
        }
        _ = try await files.store(content("d", 90), of: job, step: 3)
        #expect(await files.file(of: answers[2], of: job, step: 2) == nil)
        #expect(await files.file(of: answers[0], of: job, step: 0) != nil)
        #expect(await files.file(of: answers[1], of: job, step: 1) != nil)
    }

    @Test func oldOnesAndWhatIsNoAnswerGo() async throws {
        let files = files()
        let old = try await files.store(content("a"), of: job, step: 0)
        let young = try await files.store(content("b"), of: job, step: 1)
        try age(old, job, 0, days: 7.1)
        try age(young, job, 1, days: 6.9)
        for name in [".11.7-3-x.new", "11.7-0-\(String(repeating: "A", count: 64))", "notes"] {
            try Data("left".utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        }
        await files.clean()
        #expect(try names == ["11.7-1-\(young.sha256)"])
    }

    @Test func aLinkInItsPlaceIsNoAnswer() async throws {
        let files = files()
        let answer = try await files.store(content("a"), of: job, step: 0)
        let path = "\(folder)/11.7-0-\(answer.sha256)"
        try FileManager.default.moveItem(atPath: path, toPath: "\(root)/elsewhere")
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "\(root)/elsewhere")
        #expect(await files.file(of: answer, of: job, step: 0) == nil)
    }

    @Test func sizesAndDigestsAreLookedAt() throws {
        let digest = String(repeating: "0f", count: 32)
        #expect(StoredAnswer(bytes: 1, sha256: digest) != nil)
        #expect(StoredAnswer(bytes: 0, sha256: digest) == nil)
        #expect(StoredAnswer(bytes: StoredAnswer.mostBytes + 1, sha256: digest) == nil)
        for other in ["", String(digest.dropLast()), digest.uppercased(), digest + "0", "../" + digest.dropFirst(3)] {
            #expect(StoredAnswer(bytes: 1, sha256: other) == nil, "\(other)")
        }
        #expect(
            AnswerForm.question(["job": "11.7", "step": -1, "answer": ["bytes": 1, "sha256": .string(digest)]]) == nil)
        #expect(
            AnswerForm.question(["job": "x", "step": 0, "answer": ["bytes": 1, "sha256": .string(digest)]]) == nil)
    }
}
