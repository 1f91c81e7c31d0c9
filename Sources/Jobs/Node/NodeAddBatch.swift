import EXAConf
package import JobEngine

extension JobDefinition {
    /// `node_add_batch`: several new nodes, suspended until they are resumed, all of them or none; answers their ids.
    package static let nodeAddBatch = JobDefinition(
        name: "node_add_batch", noun: "node", summary: "Add several nodes.", mode: .modify, permission: .nodes,
        result: "List of the ids of the new nodes, in the order they were given.",
        work: .edit { (context, document) throws(JobError) in
            let elements = context.arguments.list("nodes") ?? []
            guard !elements.isEmpty else { throw .invalid("nodes", "'nodes': give at least one node.") }
            if let error = JobError(elements.enumerated().flatMap { NewNode.faults(of: $0.element, $0.offset) }) {
                throw error
            }
            var ids: [Int] = []
            for (index, element) in elements.enumerated() {
                let at = "nodes/\(index)"
                let keys = ["PrivateNet": "\(at)/private_ip", "UUID": "\(at)/uuid", "Node id": "\(at)/nid"]
                ids.append(try NewNode(element).add(to: &document, context, keys: keys))
            }
            return .ints(ids)
        }
    ).with {
        $0.help = """
            Each node is a dict of `private_ip`, and if wanted `nid`, `name` and `uuid`. An address without a net mask \
            gets that of the cluster.
            """
        $0.mandatory = [Parameter("nodes", .list, text: "A dict per node: name, nid, private_ip, uuid.")]
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

    /// Everything that is wrong with an element of the list.
    fileprivate static func faults(of element: Value, _ index: Int) -> [JobError.Fault] {
        func fault(_ name: String, _ code: JobError.Code, _ text: String) -> JobError.Fault {
            JobError.Fault(pointer: "/params/nodes/\(index)\(name)", code: code, text: "nodes[\(index)]: \(text)")
        }
        guard let members = element.map else {
            return [fault("", .parameterInvalid, "expected dict, got \(element.typeName).")]
        }
        var faults: [JobError.Fault] = []
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            switch (name, value) {
            case ("name", .string), ("private_ip", .string), ("uuid", .string), ("nid", .int): break
            case ("nid", .string(let text)) where Int(text) != nil: break
            case ("name", _), ("private_ip", _), ("uuid", _), ("nid", _):
                let expected = name == "nid" ? "int" : "str"
                let text = "'\(name)': expected \(expected), got \(value.typeName)."
                faults.append(fault("/\(name)", .parameterInvalid, text))
            default:
                let text = "'\(name.prefix(100))' is unknown; it takes name, nid, private_ip, uuid."
                faults.append(fault("/\(name)", .parameterUnknown, text))
            }
        }
        if members["private_ip"] == nil {
            faults.append(fault("/private_ip", .parameterMissing, "'private_ip' is missing."))
        }
        return faults
    }
}
