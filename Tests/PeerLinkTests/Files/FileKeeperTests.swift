import Certificates
import Foundation
import JobEngine
import Replication
import Synchronization
import Testing
import Values

@testable import PeerLink

@Suite final class FileKeeperTests: Sendable {
    private let folders = [11, 12].map { NSTemporaryDirectory() + "/files-\($0)-" + UUID().uuidString }
    private let tables = TestTables()

    init() throws {
        for folder in folders {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }
    }

    deinit { for folder in folders { try? FileManager.default.removeItem(atPath: folder) } }

    private func keeper(_ place: Int, _ network: TestNetwork) -> FileKeeper {
        FileKeeper(
            node: 11 + place, directory: folders[place], caller: network,
            cluster: TestMembers(ownNode: 11 + place, nodes: [11, 12])
        ) { [tables] in tables.files }
    }

    /// Two nodes, of which the second asks the first.
    private func pair() -> (first: FileKeeper, second: FileKeeper) {
        let first = keeper(0, TestNetwork(from: 11) { _ in nil })
        return (first, keeper(1, TestNetwork(from: 12) { $0 == 11 ? (0, [first.route]) : nil }))
    }

    private func write(_ text: String, to path: String, of place: Int, mode: Int = 0o600) throws {
        let path = "\(folders[place])/\(path)"
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    private func text(_ path: String, of place: Int) -> String? {
        try? String(contentsOfFile: "\(folders[place])/\(path)", encoding: .utf8)
    }

    private func file(
        _ path: String, _ text: String, revision: Int = 5, mode: Int = 0o600, nodes: [Int] = []
    ) throws -> ReplicatedFile {
        try #require(
            ReplicatedFile(
                path: path, revision: revision, sha256: Digest.sha256Hex(text.utf8), mode: mode, nodes: nodes))
    }

    @Test func whatIsMissingComesFromWhoHasIt() async throws {
        tables.set([try file("etc/ssl/ssl.crt", "certificate", mode: 0o644), try file("etc/ssl/ssl.key", "key")])
        try write("certificate", to: "etc/ssl/ssl.crt", of: 0, mode: 0o644)
        try write("key", to: "etc/ssl/ssl.key", of: 0)
        let (first, second) = pair()
        try await first.settle(upTo: 5)
        try await second.settle(upTo: 5)
        #expect(text("etc/ssl/ssl.crt", of: 1) == "certificate" && text("etc/ssl/ssl.key", of: 1) == "key")
        let kept = "spool/cluster/files/\(Digest.sha256Hex("key".utf8))"
        for path in ["etc/ssl/ssl.key", kept] {
            let rights = try FileManager.default.attributesOfItem(atPath: "\(folders[1])/\(path)")
            #expect(rights[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test func whatNobodyHasIsSaid() async throws {
        tables.set([try file("etc/license.xml", "license")])
        let error = await #expect(throws: InstallError.self) { try await self.pair().second.settle(upTo: 5) }
        #expect(error?.description.contains("etc/license.xml") == true)
        // It belongs to a later one.
        try await pair().second.settle(upTo: 4)
    }

    @Test func onlyNodesThatHaveToHaveAFileGetIt() async throws {
        let sha256 = Digest.sha256Hex("key".utf8)
        tables.set([try file("etc/ssl/ssl.key", "key", nodes: [11])])
        try write("key", to: "etc/ssl/ssl.key", of: 0)
        let (first, second) = pair()
        try await first.settle(upTo: 5)
        try await second.settle(upTo: 5)
        #expect(text("etc/ssl/ssl.key", of: 1) == nil)
        for (node, body) in [(12, sha256), (11, "../settled")] {
            await #expect(throws: PeerFault.self) {
                _ = try await first.route.answer(
                    PeerQuestion(node: node, address: "::1", body: ["sha256": .string(body)]))
            }
        }
    }

    @Test func whatSomebodyPutThereSinceStays() async throws {
        tables.set([try file("etc/license.xml", "license")])
        try write("license", to: "etc/license.xml", of: 0)
        let (first, _) = pair()
        try await first.settle(upTo: 5)
        try write("by hand", to: "etc/license.xml", of: 0)
        // Also after a restart.
        try await pair().first.settle(upTo: 6)
        #expect(text("etc/license.xml", of: 0) == "by hand")
        try FileManager.default.removeItem(atPath: "\(folders[0])/etc/license.xml")
        try await pair().first.settle(upTo: 7)
        #expect(text("etc/license.xml", of: 0) == "license")
    }

    @Test func contentsNobodyNeedsGo() async throws {
        tables.set([try file("etc/license.xml", "old")])
        try write("old", to: "etc/license.xml", of: 0)
        let (first, _) = pair()
        try await first.settle(upTo: 5)
        tables.set([try file("etc/license.xml", "new", revision: 6)])
        try write("new", to: "etc/license.xml", of: 0)
        try await first.settle(upTo: 6)
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(folders[0])/spool/cluster/files")
        #expect(Set(names) == [Digest.sha256Hex("new".utf8), SettledFiles.name])
    }

    @Test func aLinkInItsPlaceIsNotFollowed() async throws {
        tables.set([try file("etc/ssl/ssl.key", "key")])
        try write("key", to: "etc/ssl/ssl.key", of: 0)
        try write("victim", to: "victim", of: 1)
        try FileManager.default.createDirectory(atPath: "\(folders[1])/etc", withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: "\(folders[1])/etc/ssl", withDestinationPath: folders[1])
        let (first, second) = pair()
        try await first.settle(upTo: 5)
        await #expect(throws: InstallError.self) { try await second.settle(upTo: 5) }
        #expect(text("ssl.key", of: 1) == nil)
    }
}

/// Files that belong to revisions.
private final class TestTables: Sendable {
    private let current = Mutex<[ReplicatedFile]>([])

    var files: [ReplicatedFile] { current.withLock { $0 } }

    func set(_ files: [ReplicatedFile]) { current.withLock { $0 = files } }
}
