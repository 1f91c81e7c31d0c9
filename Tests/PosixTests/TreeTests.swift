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
            for number in 0..<100 { _ = try? scratch.folder("tree/\(number)/a") }
            try? Tree.remove("tree", in: try scratch.open())
        }
        isDone.set()
        await swapping
        // The folders made here may have gone through a link, too.
        let left = try FileManager.default.contentsOfDirectory(atPath: "\(path)/outside")
        #expect(left.count { $0.hasPrefix("canary") } == 50)
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

@Suite(.enabled(if: geteuid() == 0, "only root can give files away"))
struct GivingTests {
    private let former: uid_t = 61_001
    private let present = FileAccount(user: 61_002, group: 61_003)

    @Test func whatBelongsToOneAccountGoesToAnother() throws {
        let scratch = try Scratch()
        try scratch.folder("tree/inner")
        for name in ["tree/file", "tree/inner/file", "tree/roots", "tree/others", "outside"] { scratch.file(name) }
        symlink("\(scratch.path)/outside", "\(scratch.path)/tree/link")
        for name in ["tree", "tree/inner", "tree/file", "tree/inner/file", "tree/link", "outside"] {
            lchown("\(scratch.path)/\(name)", former, 61_001)
        }
        lchown("\(scratch.path)/tree/others", 4711, 4711)
        let left = try Tree.give(try scratch.open().folder("tree"), of: former, to: present)
        #expect(left == 2)
        for (name, user, group) in [
            ("tree", 61_002, 61_003), ("tree/inner", 61_002, 61_003), ("tree/inner/file", 61_002, 61_003),
            ("tree/link", 61_002, 61_003), ("tree/roots", 0, 0), ("tree/others", 4711, 4711),
            ("outside", 61_001, 61_001),
        ] as [(String, uid_t, gid_t)] {
            let found = try scratch.open().look(at: name)
            #expect((found.st_uid, found.st_gid) == (user, group), "\(name)")
        }
    }

    @Test func aFileOfRootsThatHasAnotherNameElsewhereStaysRoots() throws {
        let scratch = try Scratch()
        try scratch.folder("tree")
        for name in ["tree/one", "elsewhere"] { scratch.file(name) }
        link("\(scratch.path)/elsewhere", "\(scratch.path)/tree/two")
        #expect(try Tree.give(try scratch.open().folder("tree"), of: 0, to: present) == 1)
        #expect(try scratch.open().look(at: "tree/one").st_uid == present.user)
        #expect(try scratch.open().look(at: "elsewhere").st_uid == 0)
    }

    @Test func whatIsPutInTheWayMeanwhileIsNotGiven() async throws {
        let scratch = try Scratch()
        try scratch.folder("tree")
        scratch.file("secret")
        let isDone = Mutex(false)
        let path = scratch.path
        let swapping = Task.detached {
            while !isDone.withLock({ $0 }) {
                for index in 0..<50 {
                    let name = "\(path)/tree/\(index)"
                    link("\(path)/secret", "\(path)/swap")
                    rename("\(path)/swap", name)
                    close(open("\(path)/swap", O_WRONLY | O_CREAT, 0o600))
                    lchown("\(path)/swap", 61_001, 61_001)
                    rename("\(path)/swap", name)
                }
            }
        }
        for _ in 0..<100 {
            _ = try? Tree.give(try scratch.open().folder("tree"), of: former, to: present)
        }
        isDone.withLock { $0 = true }
        await swapping.value
        #expect(try scratch.open().look(at: "secret").st_uid == 0)
    }
}
