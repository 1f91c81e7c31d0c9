import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `node_add_batch`: several new nodes, suspended until they are resumed, all of them or none; answers their ids.
    package static let nodeAddBatch = JobDefinition(
        name: "node_add_batch", noun: "node", summary: "Add several nodes.", mode: .modify, permission: .nodes,
        result: "List of the ids of the new nodes, in the order they were given.",
        work: .edit { (context, document) throws(JobError) in
            var ids: [Int] = []
            for (index, element) in (context.arguments.list("nodes") ?? []).enumerated() {
                let at = "nodes/\(index)"
                let keys = [
                    "Name": "\(at)/name", "PrivateNet": "\(at)/private_ip", "UUID": "\(at)/uuid",
                    "Node id": "\(at)/nid",
                ]
                ids.append(try NewNode(element).add(to: &document, context, keys: keys))
            }
            return .ints(ids)
        }
    ).with {
        $0.answer = .nodes
        $0.help = """
            Each node is a dict of `private_ip`, and if wanted `nid`, `name` and `uuid`. An address without a net mask \
            gets that of the cluster.
            """
        $0.mandatory = [
            Parameter("nodes", .list, text: "A dict per node: name, nid, private_ip, uuid.", shape: .newNodes)
        ]
        $0.example = [
            "nodes": [
                [
                    "name": "n11", "nid": 11, "private_ip": "10.10.10.11",
                    "uuid": "7EAA8DEF9DF7483CABAD93774A4F130EBF2CE77F",
                ]
            ]
        ]
    }
}

extension NewNode {
    /// A node without faults.
    fileprivate init(_ element: Value) {
        self.init(
            id: Arguments(element.map ?? [:]).int("nid"), name: element["name"]?.string,
            privateNet: element["private_ip"]?.string ?? "", uuid: element["uuid"]?.string)
    }
}

extension Shape {
    fileprivate static let newNodes = Shape.list(
        .object(
            "NodeToAdd", text: "A node that is to be added.",
            members: [
                .may("name", .str, text: "Its name."),
                .may("nid", .nodeID, text: "Its id; the next one when left out."),
                .has("private_ip", .str, text: "Its address, with a net mask or without."),
                .may("uuid", .str, text: "Its UUID; a new one when left out."),
            ]), count: 1...Int.max)
    /// Old clients write ids as texts in some places.
    static let nodeID = Shape.either([.int, .form("^[0-9]{1,9}$", like: "12")])
}
