import Foundation
import Posix
import Testing

@testable import BucketFS

/// What archives may not do to the folder they are unpacked in, and around it.
struct UnpackedTreeTests {
    private func refusal(_ entries: [ArchiveEntry]) throws -> ArchiveFault? {
        let folder = NSTemporaryDirectory() + "unpacked-tree-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder + "/root", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let root = try Descriptor.trusted(folder).folder("root")
        let tree = UnpackedTree(root, UnpackingRoom(root, ArchiveLimits(), archive: 1000), isWanted: { true })
        defer { #expect((try? FileManager.default.contentsOfDirectory(atPath: folder)) == ["root"]) }
        do throws(ArchiveFault) {
            for entry in entries {
                try tree.add(entry) { (take) throws(ArchiveFault) in try take(Array("text".utf8)) }
            }
        } catch {
            return error
        }
        return nil
    }

    @Test func nothingLeavesTheFolder() throws {
        let file = ArchiveEntry.Kind.file(size: 4, isExecutable: false)
        for entries in [
            [ArchiveEntry(name: "../out", kind: file)], [ArchiveEntry(name: "/out", kind: file)],
            [ArchiveEntry(name: "a/../../out", kind: file)],
            [ArchiveEntry(name: "way", kind: .link("..")), ArchiveEntry(name: "way/out", kind: file)],
            [ArchiveEntry(name: "way", kind: .link(".")), ArchiveEntry(name: "way/out", kind: file)],
            [ArchiveEntry(name: "hard", kind: .hardLink("../out"))],
            [ArchiveEntry(name: "hard", kind: .hardLink("none"))],
        ] {
            guard case .unsafe = try refusal(entries) else {
                Issue.record("\(entries) were taken")
                continue
            }
        }
        #expect(
            try refusal([ArchiveEntry(name: "a/b", kind: file), ArchiveEntry(name: "a/c", kind: .link("b"))]) == nil)
    }

    @Test func whatNobodyWaitsForEnds() throws {
        let root = try Descriptor.trusted(NSTemporaryDirectory())
        let tree = UnpackedTree(root, UnpackingRoom(root, ArchiveLimits(), archive: 1000), isWanted: { false })
        #expect(throws: ArchiveFault.abandoned) { try tree.add(ArchiveEntry(name: "a", kind: .folder)) { _ in } }
    }
}
