import EXAConf
import JobEngine

/// A node that is to be added, as `node_add` and the elements of `node_add_batch` describe it.
struct NewNode {
    var id: Int?
    var name: String?
    var privateNet: String
    var publicNet: String?
    var uuid: String?
    /// Added as offline, and not as suspended.
    var isOffline = false

    /// Adds the node and answers its id.
    ///
    /// - Parameter keys: keys of the file and the parameters they are set by.
    func add(
        to document: inout Document, _ context: JobContext, keys: [String: String]
    ) throws(JobError) -> Int {
        if let id, document.node(id: id) != nil { throw .exists("node \(id)") }
        if let name, document.node(named: name) != nil { throw .exists("node name \(name)") }
        let settings = NodeSettings(
            privateNet: Self.completed(privateNet, in: document), publicNet: publicNet, name: name, uuid: uuid)
        var random = context.random
        return try document.edit(about: keys["PrivateNet"], keys: keys) { (draft) throws(EXAConfError) in
            let added = try draft.addNode(id: id, settings, using: &random)
            if !isOffline { try draft.setState(NodeCondition.suspended.rawValue, node: added) }
            return added
        }
    }

    /// An address without a mask gets that of the cluster.
    private static func completed(_ address: String, in document: Document) -> String {
        guard !address.utf8.contains(UInt8(ascii: "/")), let first = document.nodes.first?.privateNet else {
            return address
        }
        return "\(address)/\(first.prefixLength)"
    }
}
