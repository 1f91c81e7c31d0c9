import EXAConf
import JobEngine
import NodeAgent
import Testing

struct SingleNodeClusterTests {
    @Test func theNodeDecidesAndHasItsPrivateAddress() throws {
        let booted = Timestamp(milliseconds: 5)
        let cluster = SingleNodeCluster(
            node: 11, document: try Configuration.document(Configuration.node), booted: booted)
        #expect(cluster.status.isMaster)
        #expect(cluster.status.master == .init(node: 11, name: "alpha", address: "10.10.10.11"))
        #expect(cluster.status.booted == [11: booted])
    }

    @Test func aNewConfigurationIsFollowed() throws {
        let cluster = SingleNodeCluster(
            node: 12, document: try Configuration.document(Configuration.node), booted: Timestamp(milliseconds: 5))
        #expect(cluster.status.master?.name == "n12")
        cluster.follow(try Configuration.document(Configuration.node, Configuration.otherNodes))
        cluster.setSuspended([13])
        #expect(cluster.status.master?.address == "10.10.10.12")
        #expect(cluster.status.suspended == [13])
    }
}
