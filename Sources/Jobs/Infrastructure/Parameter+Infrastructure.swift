import JobEngine
import Values

/// Parameters of jobs the infrastructure provider does.
extension Parameter {
    static let instanceType = Parameter(
        "instance_type", .str, text: "Instance type of the cloud.", example: "r5d.xlarge")
    static let cloudZone = Parameter("cloud_zone", .str, text: "Zone or region of the cloud.", example: "eu-central-1")
    static let givenNodeIDs = Parameter("nids", .list, text: "Node ids.", shape: .someNodes, example: [11, 12])
    static let newDisks = Parameter("disks", .list, text: "Disks for the new nodes.")
    static let platformMetadata = Parameter("metadata", .dict, text: "Further settings of the platform, by name.")
    static let nodePlatform = Parameter(
        "node_platform_config", .dict, text: "Configuration of a node, as the platform has it.")
    static let providerTimeout = Parameter("timeout", .int, text: "Seconds.", default: 1800, range: 1...86_400)

    static let offloadEnabled = Parameter(
        "offload_enabled", .bool, text: "Whether sessions of the worker move to another cluster.")
    static let offloadForce = Parameter(
        "offload_force", .bool, text: "Whether running statements of sessions that cannot move are killed.")
    static let offloadTimeout = Parameter("offload_timeout", .int, text: "Seconds to wait for sessions to move.")

    static let accountUUID = Parameter("account_uuid", .str, text: "Account of the hosted service.")
    static let databaseUUID = Parameter("db_uuid", .str, text: "Database of the account.")
    static let clusterUUID = Parameter("cluster_uuid", .str, text: "Cluster of the database.")

    /// Rules of a firewall in one direction.
    static func firewallRules(_ name: String, _ text: String) -> Parameter {
        Parameter(name, .list, text: "\(text).", shape: .list(.firewallRule))
    }
}
