package import EXAConf
package import JobEngine
import Values

/// Which node of the configuration this machine is, and how that was found out.
package struct NodeIdentity: Sendable, Hashable {
    /// The node's id.
    package let node: Int
    /// The first rule that applied; `firstNode` is a guess, which `note` tells.
    package let source: Source
    /// Something the operator should know about the choice; `nil` when it is beyond doubt.
    package let note: String?

    /// An identity that was found out elsewhere.
    package init(node: Int, source: Source, note: String? = nil) {
        self.node = node
        self.source = source
        self.note = note
    }

    /// How a node was recognised; the first that applies counts.
    package enum Source: String, Sendable, Hashable, CaseIterable {
        /// The daemon's settings say so.
        case setting
        /// The file `node_uuid` has the node's UUID.
        case uuid
        /// The node's private address is one of this machine.
        case address
        /// There is one node only.
        case onlyNode = "only-node"
        /// Nothing applied: the first node of the file.
        case firstNode = "first-node"
    }

    /// Recognises this machine.
    ///
    /// - Parameters:
    ///   - setting: The id the daemon's settings name.
    ///   - files: What the file `node_uuid` is read with.
    ///   - addresses: This machine's addresses, as bytes.
    /// - Throws: ``InstallError`` when there is no node, or none with the id of the settings.
    package static func find(
        in document: Document, root: InstallationRoot, setting: Int? = nil, files: DurableFile = DurableFile(),
        addresses: Set<[UInt8]> = Machine.addresses()
    ) throws(InstallError) -> NodeIdentity {
        let nodes = document.nodes.filter { $0.id != nil }
        if let setting {
            guard nodes.contains(where: { $0.id == setting }) else {
                throw InstallError("The settings say this is node \(setting), but EXAConf has no such node.")
            }
            return NodeIdentity(node: setting, source: .setting)
        }
        let uuid = try ownUUID(root, files)
        if let node = nodes.first(where: { uuid != nil && $0.uuid.uppercased() == uuid }), let id = node.id {
            return NodeIdentity(node: id, source: .uuid)
        }
        let note = uuid.map { "\(root.nodeUUID) has the UUID \($0), which no node in EXAConf has." }
        if let node = nodes.first(where: { addresses.contains($0.privateNet?.bytes ?? []) }), let id = node.id {
            return NodeIdentity(node: id, source: .address, note: note)
        }
        guard let id = nodes.first?.id else {
            throw InstallError("EXAConf has no node: add a section [Node : 11], or start with an empty directory.")
        }
        if nodes.count == 1 { return NodeIdentity(node: id, source: .onlyNode, note: note) }
        let doubt = "No node in EXAConf has a private address of this machine; the first one, \(id), was taken."
        return NodeIdentity(node: id, source: .firstNode, note: [note, doubt].compactMap { $0 }.joined(separator: " "))
    }

    /// The UUID in the file, in upper case; `nil` when there is none that is well formed.
    private static func ownUUID(_ root: InstallationRoot, _ files: DurableFile) throws(InstallError) -> String? {
        guard let bytes = try files.read(root.nodeUUID) else { return nil }
        let words = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        guard words.count == 1, words[0].utf8.count == 40, words[0].allSatisfy(\.isHexDigit) else { return nil }
        return words[0].uppercased()
    }
}
