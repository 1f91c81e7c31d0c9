import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `conn_get_remote_nid`: the node the request came from.
    package static let connGetRemoteNid = JobDefinition(
        name: "conn_get_remote_nid", noun: "system", summary: "Physical node id of the caller.", mode: .read,
        permission: .storage, result: "The id, as a number.",
        work: .answer { (context) throws(JobError) in
            guard let address = CallerAddress(context.address) else {
                throw JobError(.unsupported, "The request came from no address, so it came from no node.")
            }
            if let id = context.document.nodes.first(where: { address.isOne(of: $0) })?.id { return .int(id) }
            if address.isLoopback { return .int(context.cluster.ownNode) }
            throw JobError(.objectMissing, "No node has the address \(context.address.echoed).")
        }
    ).with { $0.answer = .int }

    /// `update_system`: update the software of the cluster, by the infrastructure provider.
    package static let updateSystem = JobDefinition.provided(
        "update_system", noun: "system", summary: "Update the software of the cluster.", mode: .read,
        permission: .rootGroup
    ).with {
        $0.optional = [
            Parameter("tags", .bool, text: "Update all tags with packages of the artifact service."),
            Parameter("target", .str, text: "What to update to; the stream of the deployment when left out."),
        ]
        $0.example = ["tags": true]
    }
}

/// The address of a caller, an IPv4 one in IPv6 clothes as what it is (RFC 4291, section 2.5.5.2).
private struct CallerAddress {
    private let bytes: [UInt8]

    init?(_ text: String) {
        guard let bytes = Network(text)?.bytes else { return nil }
        let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
        self.bytes = bytes.count == 16 && bytes.starts(with: mapped) ? Array(bytes.suffix(4)) : bytes
    }

    var isLoopback: Bool {
        bytes.count == 4 ? bytes.first == 127 : bytes.last == 1 && bytes.dropLast().allSatisfy { $0 == 0 }
    }

    func isOne(of node: Node) -> Bool { bytes == node.privateNet?.bytes || bytes == node.publicNet?.bytes }
}
