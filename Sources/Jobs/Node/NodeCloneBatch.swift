import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `node_clone_batch`: several new nodes with the settings of one that exists, suspended until they are resumed;
    /// answers their ids.
    package static let nodeCloneBatch = JobDefinition(
        name: "node_clone_batch", noun: "node", summary: "Add nodes that copy the settings of an existing one.",
        mode: .modify, permission: .nodes, result: "List of the ids of the new nodes.",
        work: .edit { (context, document) throws(JobError) in
            let model = try document.given(node: context.arguments.int("nid") ?? 0)
            let disks = try model.disks(named: context.arguments.strings("disks"))
            var addresses = FreeAddresses(of: model, in: document)
            var random = context.random
            var ids: [Int] = []
            for _ in 0..<(context.arguments.int("num_nodes") ?? 0) {
                guard let address = addresses.next() else {
                    throw JobError(.unsupported, "The network of node \(model.section.identifier) has no free address.")
                }
                let settings = NodeSettings(
                    privateNet: address, privateInterface: model.text("PrivateInterface"),
                    publicInterface: model.text("PublicInterface"), disks: disks)
                let id = try document.edit { (draft) throws(EXAConfError) in
                    let id = try draft.addNode(settings, using: &random)
                    try draft.setState(NodeCondition.suspended.rawValue, node: id)
                    return id
                }
                ids.append(id)
            }
            return .ints(ids)
        }
    ).with {
        $0.answer = .nodes
        $0.help = """
            Each gets the next id and the next address behind the last one in the network of the model, and its disks; \
            `disks` names those it shall get of them.
            """
        $0.mandatory = [
            Parameter("nid", .int, text: "Node that serves as the model."),
            Parameter("num_nodes", .int, text: "How many nodes to add.", range: 1...1000),
        ]
        $0.optional = [
            Parameter("disks", .list, text: "Names of the disks the new nodes get; all by default.", shape: .names)
        ]
        $0.example = ["nid": 11, "num_nodes": 3]
    }
}

extension Node {
    /// Disks of the node as settings for another one; all of them without names.
    fileprivate func disks(named names: [String]?) throws(JobError) -> [String: DiskSettings] {
        for name in names ?? [] where !disks.contains(where: { $0.name == name }) {
            throw .missing("disk \(name.echoed) of node \(section.identifier)")
        }
        let wanted = disks.filter { names?.contains($0.name) ?? true }
        return Dictionary(wanted.map { ($0.name, $0.settings) }) { first, _ in first }
    }
}

extension Disk {
    fileprivate var settings: DiskSettings {
        DiskSettings(
            component: component, devices: devices.isEmpty ? nil : devices, drives: drives.isEmpty ? nil : drives,
            mapping: mapping.isEmpty ? nil : mapping, isEphemeral: isEphemeral ? true : nil,
            usesDirectIO: usesDirectIO ? nil : false)
    }
}
