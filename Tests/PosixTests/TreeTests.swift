import Foundation
import Glibc
import Synchronization
import Testing

@testable import Posix

/// A folder that is removed with everything in it.
private final class Scratch {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "posix-tests-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func open() throws -> Descriptor { try Descriptor.trusted(path) }

    @discardableResult func folder(_ name: String) throws -> String {
        try FileManager.default.createDirectory(atPath: "\(path)/\(name)", withIntermediateDirectories: true)
        return "\(path)/\(name)"
    }

    func file(_ name: String, _ text: String = "x") {
        _ = FileManager.default.createFile(atPath: "\(path)/\(name)", contents: Data(text.utf8))
    }

    func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(name)") }
}

struct TreeTests {
    @Test func aTreeOfAnyDepthGoes() throws {
        let scratch = try Scratch()
        var here = try scratch.open()
        for _ in 0..<1200 { here = try here.makeFolder("d", mode: 0o700).folder }
        try Tree.remove("d", in: try scratch.open())
        #expect(!scratch.has("d"))
        try Tree.remove("d", in: try scratch.open())
    }

    @Test func whatALinkLeadsToStays() throws {
        let scratch = try Scratch()
        try scratch.folder("outside")
        scratch.file("outside/canary")
        try scratch.folder("tree/inner")
        symlink("\(scratch.path)/outside", "\(scratch.path)/tree/inner/link")
        symlink("\(scratch.path)/outside", "\(scratch.path)/tree/link")
        symlink("\(scratch.path)/outside", "\(scratch.path)/link")
        try Tree.remove("tree", in: try scratch.open())
        try Tree.remove("link", in: try scratch.open())
        #expect(!scratch.has("tree"))
        #expect(scratch.has("outside/canary"))
    }

    @Test func foldersThatTurnIntoLinksMeanwhileLeadNowhere() async throws {
        let scratch = try Scratch()
        try scratch.folder("outside")
        for number in 0..<50 { scratch.file("outside/canary\(number)") }
        let (path, isDone) = (scratch.path, Flag())
        async let swapping: Void = Self.swap(path, isDone)
        for _ in 0..<20 {
            for number in 0..<100 { try scratch.folder("tree/\(number)/a") }
            try? Tree.remove("tree", in: try scratch.open())
        }
        isDone.set()
        await swapping
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(path)/outside").count == 50)
    }

    private final class Flag: Sendable {
        private let value = Mutex(false)
        var isSet: Bool { value.withLock { $0 } }
        func set() { value.withLock { $0 = true } }
    }

    @concurrent private static func swap(_ path: String, _ isDone: Flag) async {
        while !isDone.isSet {
            for number in 0..<100 where rename("\(path)/tree/\(number)", "\(path)/tree/moved\(number)") == 0 {
                symlink("\(path)/outside", "\(path)/tree/\(number)")
            }
            await Task.yield()
        }
    }

    @Test func theWayBeneathHasNoLinks() throws {
        let scratch = try Scratch()
        try scratch.folder("a/b")
        symlink("a", "\(scratch.path)/link")
        symlink("..", "\(scratch.path)/a/up")
        let top = try scratch.open()
        _ = try top.folder(beneath: ["a", "b"])
        _ = try top.folder(beneath: [String]())
        for way in [["link"], ["link", "b"], ["a", "up"], ["a", "up", "a"]] {
            #expect(throws: SystemFault.self) { try top.folder(beneath: way) }
        }
    }

    @Test func aCopyIsNewAndFollowsNoLink() throws {
        let scratch = try Scratch()
        try scratch.folder("outside")
        try scratch.folder("stock/plugin/bin")
        scratch.file("stock/plugin/bin/run", "text")
        chmod("\(scratch.path)/stock/plugin/bin/run", 0o755)
        symlink("bin/run", "\(scratch.path)/stock/plugin/go")
        try scratch.folder("target")
        let (stock, target) = (try scratch.open().folder("stock"), try scratch.open().folder("target"))
        try TreeCopy().copy("plugin", in: stock, to: "copied", in: target)
        #expect(FileManager.default.contents(atPath: "\(scratch.path)/target/copied/go") == Data("text".utf8))
        #expect(FileManager.default.isExecutableFile(atPath: "\(scratch.path)/target/copied/bin/run"))
        symlink("\(scratch.path)/outside", "\(scratch.path)/target/taken")
        #expect(throws: SystemFault(EEXIST)) { try TreeCopy().copy("plugin", in: stock, to: "taken", in: target) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(scratch.path)/outside").isEmpty)
        mkfifo("\(scratch.path)/stock/pipe", 0o600)
        #expect(throws: SystemFault(EINVAL)) { try TreeCopy().copy("pipe", in: stock, to: "pipe", in: target) }
    }
}

struct GuardedFileTests {
    @Test func aFileOfOursIsOpenedAlsoByALinkOfOurs() throws {
        let scratch = try Scratch()
        try scratch.folder("etc")
        scratch.file("etc/a.yaml")
        symlink("etc/a.yaml", "\(scratch.path)/link")
        symlink("\(scratch.path)/etc", "\(scratch.path)/all")
        for name in ["etc/a.yaml", "link", "all/a.yaml", "etc/../etc/a.yaml"] {
            _ = try GuardedFile.open("\(scratch.path)/\(name)")
        }
        #expect(throws: GuardedFile.Fault.self) { try GuardedFile.open("\(scratch.path)/none") }
    }

    @Test func whatOthersCanChangeIsRefusedWithTheirFolder() throws {
        let scratch = try Scratch()
        try scratch.folder("open/deep")
        scratch.file("open/deep/run")
        scratch.file("loose")
        chmod("\(scratch.path)/loose", 0o666)
        chmod("\(scratch.path)/open", 0o777)
        let faults = ["loose", "open/deep/run"].map { name in
            do throws(GuardedFile.Fault) {
                try GuardedFile.require("\(scratch.path)/\(name)")
                return ""
            } catch {
                return error.path
            }
        }
        #expect(faults == ["\(scratch.path)/loose", "\(scratch.path)/open"])
    }

    @Test func aLinkOfSomebodyElseIsRefused() throws {
        guard geteuid() == 0 else { return }
        let scratch = try Scratch()
        scratch.file("run")
        symlink("run", "\(scratch.path)/link")
        lchown("\(scratch.path)/link", 4711, 4711)
        #expect(throws: GuardedFile.Fault.self) { try GuardedFile.require("\(scratch.path)/link") }
    }
}
