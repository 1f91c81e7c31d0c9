import ClusterLog
import Foundation
import JobEngine
import Replication
import Support
import Testing

@testable import SQLiteStore

/// A store on which a generation of the log begins, and one that is copied beside a daemon.
struct RecoveryTests {
    private static let cluster = "0b5c7a10-1111-2222-3333-444455556666"
    private let fixture = StoreFixture()

    @Test func aGenerationBeginsWhereNoOtherNodeIs() async throws {
        let store = SQLiteStore(try fixture.open())
        _ = try await store.found(cluster: Self.cluster)
        let before = try await store.standing()
        let format = try await store.begin(
            generation: 2, of: Self.cluster, fromNumber: 500, suspending: [12, 13], on: 11)
        #expect(format.generation == 2)
        #expect(format.base.index == before.applied.place.index + 1)
        let after = try await store.standing()
        #expect(after.applied.place == format.base)
        // The term of what was applied is that of before: the next one is higher by its generation.
        #expect(after.applied.term == before.applied.term)
        #expect(after.nextNumber == 500)
        #expect(try await store.open().suspendedNodes == [12, 13])
        // Another generation at the same place is another one.
        let other = ChainValue(beginning: Self.cluster, generation: 3, behind: format.base.index)
        #expect(other != format.base.chain)
    }

    @Test func theNodeItIsBegunOnIsWaitedForAndNoNumberGoesBack() async throws {
        let store = SQLiteStore(try fixture.open())
        _ = try await store.found(cluster: Self.cluster)
        _ = try await store.begin(generation: 2, of: Self.cluster, fromNumber: 500, suspending: [11, 12], on: 11)
        _ = try await store.begin(generation: 3, of: Self.cluster, fromNumber: 20, suspending: [], on: 12)
        #expect(try await store.standing().nextNumber == 500)
        #expect(try await store.open().suspendedNodes == [])
    }

    @Test func aCopyIsMadeWhileTheStoreIsUsed() async throws {
        let (file, target) = (try fixture.open(), StoreFixture())
        let store = SQLiteStore(file)
        _ = try await store.found(cluster: Self.cluster)
        let format = try await store.begin(generation: 2, of: Self.cluster, fromNumber: 7, suspending: [], on: 11)
        try FileManager.default.createDirectory(atPath: target.folder, withIntermediateDirectories: true)
        try SQLiteStore.copy(from: fixture.folder, into: target.folder)
        #expect(try target.rights(SQLiteFile.name) == 0o600)
        let copy = SQLiteStore(try target.open())
        #expect(try await copy.standing().applied.place == format.base)
        #expect(try await copy.standing().nextNumber == 7)
    }
}
