import Foundation
import Glibc
import Posix
import Testing

/// A folder of its own for each test.
final class DescriptorContentTests {
    private let path = NSTemporaryDirectory() + "confd-content-\(UUID().uuidString)"
    private let folder: Descriptor

    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        folder = try Descriptor.trusted(path)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    private func content(_ name: String) -> [UInt8]? {
        FileManager.default.contents(atPath: "\(path)/\(name)").map { [UInt8]($0) }
    }

    @Test func whatIsWrittenIsReadFromAnyPlace() throws {
        let file = try Descriptor(openat(folder.number, "file", O_RDWR | O_CREAT | O_CLOEXEC, 0o600))
        try file.write([1, 2, 3])
        try file.write([4, 5])
        try file.write([9, 9][...].dropFirst(), at: 1)
        #expect(try file.read(from: 0, count: 5) == [1, 9, 3, 4, 5])
        #expect(try file.read(from: 3, count: 100) == [4, 5])
        #expect(try file.read(from: 5, count: 1).isEmpty)
        #expect(try file.read(from: 0, count: -1).isEmpty)
    }

    @Test func aFullDiskIsTold() throws {
        let full = try Descriptor(open("/dev/full", O_WRONLY | O_CLOEXEC))
        #expect(throws: SystemFault(ENOSPC)) { try full.write([1]) }
    }

    @Test func aFileIsMadeAndReplaced() throws {
        try folder.replace("file", by: [1], mode: 0o640)
        try folder.replace("file", by: [2, 3], mode: 0o600)
        #expect(content("file") == [2, 3])
        #expect(try folder.look(at: "file").st_mode & 0o777 == 0o600)
        #expect(try Tree.names(in: folder) == ["file"])
    }

    @Test func whatACrashLeftIsInNobodysWay() throws {
        try Data([7]).write(to: URL(filePath: "\(path)/.file.new"))
        try folder.replace("file", by: [1], mode: 0o600)
        #expect(try Tree.names(in: folder) == ["file"])
    }

    @Test func aLinkIsReplacedAndNotFollowed() throws {
        try folder.replace("other", by: [5], mode: 0o600)
        try FileManager.default.createSymbolicLink(atPath: "\(path)/link", withDestinationPath: "other")
        try folder.replace("link", by: [6], mode: 0o600)
        #expect(content("other") == [5])
        #expect(try folder.look(at: "link").isFile)
    }

    @Test func aFileThatCannotBeReplacedStays() throws {
        try FileManager.default.createDirectory(atPath: "\(path)/file", withIntermediateDirectories: true)
        #expect(throws: SystemFault(EISDIR)) { try folder.replace("file", by: [1], mode: 0o600) }
        #expect(try Tree.names(in: folder) == ["file"])
    }
}
