import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `node_add`: a new node, suspended until `node_resume` unless asked for otherwise; answers its id.
    package static let nodeAdd = JobDefinition(
        name: "node_add", noun: "node", summary: "Add a physical node to the cluster.", mode: .modify,
        permission: .nodes, result: "Id of the new node.",
        work: .edit { (context, document) throws(JobError) in
            let arguments = context.arguments
            let node = NewNode(
                id: arguments.int("nid"), name: arguments.string("name"),
                privateNet: try arguments.required("priv_net"),
                publicNet: arguments.string("pub_net"), isOffline: arguments.bool("offline") ?? false)
            let keys = ["Name": "name", "PrivateNet": "priv_net", "PublicNet": "pub_net", "Node id": "nid"]
            let id = try node.add(to: &document, context, keys: keys)
            try document.edit { (draft) throws(EXAConfError) in
                try draft.setStorage(
                    recoveryLimit: arguments.int("bg_rec_limit"), warnThreshold: arguments.int("space_warn_threshold"))
            }
            return .int(id)
        }
    ).with {
        $0.answer = .int
        $0.help = """
            The id is the highest one plus 1 when it is left out, the name is `n` and the id. Runs of `x` in an \
            address stand for the id. Nothing extends partitions by itself here, so `no_partition_extend` \
            changes nothing.
            """
        $0.mandatory = [Parameter("priv_net", .str, text: "Private address of the node with its net mask.")]
        $0.optional = [
            Parameter(
                "bg_rec_limit", .int, text: "Limit of background recovery in MiB/s, for all nodes.",
                range: 0...1_000_000),
            Parameter("name", .str, text: "Name for the node."),
            Parameter("nid", .int, text: "Id for the node."),
            Parameter("no_partition_extend", .bool, text: "Leave the node out when auto-add partitions grow."),
            Parameter("offline", .bool, text: "Add it as offline and not as suspended."),
            Parameter("pub_net", .str, text: "Public address."),
            Parameter(
                "space_warn_threshold", .int, text: "Percentage at which low storage space is reported, for all nodes.",
                range: 0...100),
        ]
        $0.example = ["priv_net": "10.10.10.1/24"]
    }
}

extension Document {
    fileprivate mutating func setStorage(recoveryLimit: Int?, warnThreshold: Int?) throws(EXAConfError) {
        guard recoveryLimit != nil || warnThreshold != nil else { return }
        if !contains(.storage) { try addSection(.storage) }
        if let recoveryLimit { try set("BgRecLimit", to: String(recoveryLimit), in: .storage) }
        if let warnThreshold { try set("SpaceWarnThreshold", to: String(warnThreshold), in: .storage) }
    }
}
