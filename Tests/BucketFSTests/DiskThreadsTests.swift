import Foundation
import Glibc
import HTTPTypes
import Posix
import Testing

@testable import BucketFS

@Suite(.enabled(if: geteuid() == 0, "only root can work as others"))
struct DiskThreadsTests {
    /// The user that each thread of a process works on files as.
    private static func users() throws -> [uid_t] {
        let threads = "/proc/self/task"
        return try FileManager.default.contentsOfDirectory(atPath: threads).compactMap { thread in
            // One that ended meanwhile has no status.
            let status = try? String(contentsOfFile: "\(threads)/\(thread)/status", encoding: .utf8)
            let ids = status?.split(separator: "\n").first { $0.hasPrefix("Uid:") }
            return ids?.split(whereSeparator: \.isWhitespace).last.flatMap { uid_t($0) }
        }
    }

    @Test func tasksGoOnAsRootHoweverManyThereAre() async throws {
        let user: uid_t = 62_345
        let threads = DiskThreads(FileAccount(user: user, group: user), count: 4)
        let answers = await withTaskGroup(of: Int?.self) { group in
            for number in 0..<500 {
                group.addTask {
                    let answer = try? await threads.run { () throws(BucketFault) in number }
                    // What goes on here may have the system make another thread.
                    return await Task.detached { answer }.value
                }
            }
            return await group.reduce(into: Set<Int>()) { if let answer = $1 { $0.insert(answer) } }
        }
        #expect(answers == Set(0..<500))
        // Its threads end with the pool, which nobody needs any more otherwise.
        let users = try withExtendedLifetime(threads) { try Self.users() }
        // A thread is made when all others are at work; no thread of anybody else works as the account.
        #expect((1...4).contains(users.count { $0 == user }))
    }

    @Test func whatTheAccountMayNotDoIsRefused() async throws {
        let folder = NSTemporaryDirectory() + "disk-threads-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let place = try Descriptor.trusted(folder)
        let fault = await #expect(throws: BucketFault.self) {
            try await DiskThreads(FileAccount(user: 62_346, group: 1), count: 1).run { () throws(BucketFault) in
                guard mkdirat(place.number, "new", 0o700) == 0 else { throw SystemFault().fault("making a folder") }
            }
        }
        #expect(fault?.status == .forbidden)
    }
}
