import EXAConf
import JobEngine
import NodeAgent
import Testing
import Values

struct SingleNodeClusterTests {
    @Test func theNodeDecidesAndHasItsPrivateAddress() throws {
        let booted = Timestamp(milliseconds: 5)
        let cluster = SingleNodeCluster(
            node: 11, document: try Configuration.document(Configuration.node), booted: booted)
        #expect(cluster.status.isMaster)
        #expect(cluster.status.master == .init(node: 11, name: "alpha", address: "10.10.10.11"))
        #expect(cluster.status.booted == [11: booted])
    }

    @Test func aNewConfigurationIsFollowed() async throws {
        let cluster = SingleNodeCluster(
            node: 12, document: try Configuration.document(Configuration.node), booted: Timestamp(milliseconds: 5))
        #expect(cluster.status.master?.name == "n12")
        let document = try Configuration.document(Configuration.node, Configuration.otherNodes)
        try await cluster.reconcile(from: nil, to: DecidedConfiguration(document, revision: 1))
        #expect(cluster.status.master?.address == "10.10.10.12")
    }
}
