import Foundation
import JobEngine
import NodeAgent
import Testing

struct DurableFileTests {
    let place = try? TemporaryInstallation()
    let system = FailingFileSystem()
    let durable: DurableFile

    init() {
        durable = DurableFile(files: system)
    }

    @Test func contentAndModeAreAsAskedFor() throws {
        let place = try #require(place)
        let path = place.root.etc + "/new/folder/file"
        #expect(try durable.write(Array("one".utf8), to: path, mode: 0o640))
        #expect(place.text(path) == "one")
        #expect(place.mode(path) == 0o640)
        #expect(try durable.read(path) == Array("one".utf8))
        #expect(place.files == ["etc/new/folder/file"])
    }

    @Test func everythingIsOnTheDiskBeforeTheRename() throws {
        let place = try #require(place)
        try durable.write([1], to: place.root.etc + "/file", mode: 0o600)
        #expect(system.calls == ["create", "write", "setMode", "synchronize", "rename", "synchronizeFolder"])
    }

    @Test func anEqualFileIsLeftAlone() throws {
        let place = try #require(place)
        let path = place.root.etc + "/file"
        try durable.write([1, 2], to: path, mode: 0o600)
        let inode = place.inode(path)
        system.fail(nil)
        #expect(try durable.write([1, 2], to: path, mode: 0o600) == false)
        #expect(system.calls.isEmpty)
        #expect(place.inode(path) == inode)
        #expect(try durable.write([1, 2], to: path, mode: 0o644))
        #expect(place.mode(path) == 0o644)
    }

    @Test func anEqualFileOfSomebodyElseIsBroughtToTheDisk() throws {
        let place = try #require(place)
        try place.write("same", to: place.root.etc + "/file", mode: 0o600)
        #expect(try durable.write(Array("same".utf8), to: place.root.etc + "/file", mode: 0o600) == false)
        #expect(system.calls == ["synchronizeFile", "synchronizeFolder"])
    }

    @Test(arguments: 1...6)
    func aFailingStepLeavesAWholeFileAndNothingElse(_ step: Int) throws {
        let place = try #require(place)
        let path = place.root.etc + "/file"
        try place.write("old", to: path, mode: 0o600)
        system.fail(.once(step))
        let fault = #expect(throws: InstallError.self) {
            try durable.write(Array("the new one".utf8), to: path, mode: 0o600)
        }
        #expect(
            fault?.description.contains(step == 1 || step == 2 || step == 4 ? "No space left" : "Input/output") == true)
        #expect(place.text(path) == (step == 6 ? "the new one" : "old"))
        #expect(place.files == ["etc/file"])
        // The next attempt must not take the file for durable because it is equal.
        system.fail(nil)
        try durable.write(Array("the new one".utf8), to: path, mode: 0o600)
        #expect(system.calls.last == "synchronizeFolder")
        #expect(place.text(path) == "the new one")
    }

    @Test func aTemporaryFileOfACrashIsReplaced() throws {
        let place = try #require(place)
        try place.write("half", to: place.root.etc + "/.file.new", mode: 0o644)
        try durable.write([7], to: place.root.etc + "/file", mode: 0o600)
        #expect(place.files == ["etc/file"])
        #expect(place.mode(place.root.etc + "/file") == 0o600)
    }

    @Test func aLinkIsNeitherReadNorReplaced() throws {
        let place = try #require(place)
        let path = place.root.etc + "/link"
        try place.write("secret", to: place.root.etc + "/target")
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "target")
        #expect(throws: InstallError("Cannot read \(path): it is a link, not a file.")) { try durable.read(path) }
        #expect(throws: InstallError.self) { try durable.write([1], to: path, mode: 0o600) }
        #expect(place.text(place.root.etc + "/target") == "secret")
    }

    @Test func aPipeAndAFolderAreNotRead() throws {
        let place = try #require(place)
        #expect(mkfifo(place.root.etc + "/pipe", 0o600) == 0)
        #expect(throws: InstallError.self) { try durable.read(place.root.etc + "/pipe") }
        #expect(throws: InstallError.self) { try durable.read(place.root.etc + "/ssl") }
        #expect(try durable.read(place.root.etc + "/nothing") == nil)
    }

    @Test func aFileAboveTheLimitIsNotRead() throws {
        let place = try #require(place)
        let path = place.root.etc + "/large"
        try place.write("", to: path)
        #expect(truncate(path, DurableFile.sizeLimit + 1) == 0)
        #expect(throws: InstallError.self) { try durable.read(path) }
        #expect(truncate(path, DurableFile.sizeLimit) == 0)
        #expect(try durable.read(path)?.count == DurableFile.sizeLimit)
    }

    @Test(.enabled(if: geteuid() == 0)) func theOwnerStays() throws {
        let place = try #require(place)
        let path = place.root.etc + "/file"
        try place.write("old", to: path, mode: 0o600)
        #expect(chown(path, 500, 501) == 0)
        try durable.write([1], to: path, mode: 0o600)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.ownerAccountID] as? NSNumber == 500)
        #expect(attributes[.groupOwnerAccountID] as? NSNumber == 501)
    }
}
