import ClusterLog
import Replication
import Support
import Testing
import Values

@testable import SQLiteStore

/// A store whose node leaves its cluster.
struct LeavingTests {
    private let fixture = StoreFixture()

    @Test func membersAreForgottenAndAnotherLogCanBegin() async throws {
        let store = SQLiteStore(try fixture.open())
        #expect(try await store.forgetCluster() == false)
        _ = try await store.found(cluster: "0b5c7a10-1111-2222-3333-444455556666")
        // A founding that broke off is no cluster.
        #expect(try await store.knowsCluster() == false)
        let time = Timestamp(milliseconds: 1000)
        try await store.apply([
            .member(
                ReplicatedMember(node: 12, id: "m", address: "10.0.0.12", port: 20003, peerPort: 20381, since: time)),
            .certificateIssued(
                ReplicatedCertificate(
                    serialNumber: "0a", node: 12, member: "m", life: 1, issuedAt: time, notAfter: time)),
        ])
        #expect(try await store.knowsCluster())
        let place = try await store.applied().place
        #expect(try await store.forgetCluster())
        #expect(try await store.members() == [])
        #expect(try await store.certificates() == [])
        #expect(try await store.knowsCluster() == false)
        #expect(try await store.applied().place.index > place.index)
        #expect(try await store.applied().place.chain == .start)
        _ = try await store.found(cluster: "0b5c7a10-1111-2222-3333-777777777777")
    }
}
