import Access
import FoundationEssentials
import JobEngine
import NodeCommands
import Testing

@testable import NodeAgent

struct DatabasePlaceTests {
    let place: TemporaryInstallation

    init() throws { place = try TemporaryInstallation() }

    private func found(_ name: String, volume: Int = 3) throws -> DatabasePlace {
        let call = ActionCall(
            root: place.root, files: DurableFile(), job: JobID(node: 11, number: 1), step: 0, time: SystemTimeSource(),
            end: .seconds(1 << 40))
        let target = DatabaseTarget(DatabaseDescription(name), volume: volume, volumeName: nil)
        return try DatabasePlace(DatabaseCall(call, target))
    }

    private func make(_ path: String) throws {
        try FileManager.default.createDirectory(
            atPath: "\(place.root.data)/volumes/3/\(path)", withIntermediateDirectories: true)
    }

    @Test func databasesOfAVolumeHaveTheSameDataAndTheirOwnSockets() throws {
        let (one, other) = (try found("ONE"), try found("OTHER"))
        #expect(one.data == place.root.data + "/volumes/3/data")
        #expect(one.data == other.data)
        #expect(one.run != other.run)
        #expect(one.logs != other.logs)
        #expect(!one.isUsed)
    }

    @Test func foldersOfBeforeAreThoseWithData() throws {
        for path in ["ONE/postgresql", "TWO", "data/postgresql", ".hidden/postgresql"] { try make(path) }
        let found = try found("THREE")
        #expect(found.former == ["ONE": place.root.data + "/volumes/3/ONE"])
        #expect(found.isUsed)
    }

    @Test(arguments: ["", ".", "..", ".x", "a/b", "a b", "ä", String(repeating: "x", count: 129)])
    func namesThatAreNoFoldersAreRefused(_ name: String) {
        #expect(throws: ActionError.self) { _ = try found(name) }
    }
}
