import EXAConf
import JobEngine
import Values

extension Document {
    /// The cluster as programs outside the daemon are told of it: what it is called, its nodes and its databases. No
    /// secret is in it.
    func facts(in cluster: ClusterStatus) -> Value {
        .members([
            "name": global.clusterName.map(Value.string), "platform": global.platform.map(Value.string),
            "revision": .int(global.revision), "own_node": .int(cluster.ownNode),
            "master": cluster.master.map { .int($0.node) },
            "nodes": .list(nodes.map { $0.facts(in: cluster) }), "databases": .list(databases.map(\.facts)),
        ])
    }
}

extension Node {
    fileprivate func facts(in cluster: ClusterStatus) -> Value {
        .members([
            "id": id.map(Value.int), "name": .string(name), "uuid": .string(uuid),
            "private_address": privateNet.map { .string($0.address) },
            "public_address": publicNet.map { .string($0.address) },
            "state": .string(NodeCondition(self, in: cluster).rawValue),
        ])
    }
}

extension Database {
    fileprivate var facts: Value {
        .members([
            "name": .string(name), "version": text("Version").map(Value.string), "port": .int(port),
            "nodes": .ints(nodes), "active_nodes": .int(activeNodeCount),
        ])
    }
}
