import Application
import EXAConf
import JobEngine
import OpenAPI
import Values

/// A database as it is configured, with its state.
struct DatabaseItem: Observed {
    let database: Database
    let state: ObjectState
    let owner: EXAConf.Owner?
    /// Where clients connect to.
    let addresses: [String]
    /// When its newest backup was made.
    let newestBackup: Timestamp?

    init(_ database: Database, in inventory: Inventory) {
        self.database = database
        state = inventory.state(.database, database.name)
        owner = database.owner
        addresses = database.activeNodes.compactMap { inventory.document.node(id: $0)?.privateNet?.address }
            .map { $0.utf8.contains(UInt8(ascii: ":")) ? "[\($0)]:\(database.port)" : "\($0):\(database.port)" }
        newestBackup = inventory.backups.filter { $0.database == database.name && $0.isUsable }.compactMap(\.madeAt)
            .max()
    }
}

extension Database {
    fileprivate var activeNodes: [Int] { Array(nodes.prefix(max(0, activeNodeCount))) }
    fileprivate var reserveNodes: [Int] { Array(nodes.dropFirst(max(0, activeNodeCount))) }
}

extension DatabaseItem {
    /// `/databases`: who may only list databases is told their names and states.
    static let listing = Listing(
        path: "/databases", one: "Database", many: "Databases", key: "db_name", keyText: "The name of a database.",
        rights: (list: "db_list", item: "db_info"),
        detail:
            "Its state was found when it was looked at last. Members that are not always there are left out for who may list "
            + "databases, and no more.",
        shown: representation,
        filters: [
            .init("state", "Only databases in this state.") { [$0.state.actual] },
            .init("node", "Only databases of this node, active or in reserve.") { $0.database.nodes.map(String.init) },
        ],
        name: { $0.database.name },
        items: { inventory in inventory.document.databases.map { DatabaseItem($0, in: inventory) } })

    private static let representation = Representation<DatabaseItem>(
        "Database", "A database.",
        members: [.has("name", Schema.text("Its name."), like: "SALES") { .string($0.database.name) }.open]
            + Representation.Member.state(
                ["running", "stopped", "starting", "stopping"],
                "running: clients can connect. stopped: there is no server. unknown: nobody could look."
            ).map(\.open)
            + (life + configuration + places).map(\.restricted))

    private static let life: [Representation<DatabaseItem>.Member] = [
        .may(
            "wanted",
            Schema.openWord(["running", "stopped"], "What was asked for last; absent where nobody knows."),
            like: "running"
        ) { $0.state.wanted.isEmpty ? nil : .string($0.state.wanted) },
        .measured("used_bytes", "What its data take; absent where nobody knows.", like: 64_400_000, of: .usedBytes),
        .may("newest_backup_at", Schema.time("When its newest usable backup was made; absent without one.")) {
            $0.newestBackup.map(Value.time)
        },
    ]

    private static let configuration: [Representation<DatabaseItem>.Member] = [
        .may("uuid", Schema.text("Never changes.")) { $0.database.id.map(Value.string) },
        .may("version", Schema.text("The version of its software."), like: "2025.1.3") {
            $0.database.version.map { .string($0.description) }
        },
        .may("port", Schema.int("Where clients connect to.", from: 0, to: 65_535), like: 8563) {
            .int($0.database.port)
        },
        .may("addresses", Schema.names("Where clients connect to, with the port."), like: ["192.0.2.11:8563"]) {
            .strings($0.addresses)
        },
        .may("memory_bytes", Schema.bytes("Its memory, over all nodes."), like: 2_147_483_648) {
            $0.database.memory.map { .int($0.bytes) }
        },
        .may("quota_bytes", Schema.bytes("What its data may take; absent for no limit.")) {
            $0.database.volumeQuota.flatMap { $0.bytes > 0 ? .int($0.bytes) : nil }
        },
        .may("auto_start", Schema.truth("Whether it is started with the daemon."), like: true) {
            .bool($0.database.autoStart)
        },
        .may("auditing", Schema.truth("Whether it records what its users do."), like: false) {
            .bool($0.database.isAuditingEnabled)
        },
        .may("parameters", Schema.list(Schema.text("A parameter."), "Start parameters."), like: []) {
            // Whole first: a secret may be the word behind the one that tells it.
            .strings(Secret.masked($0.database.parameters).split(separator: " ").map(String.init))
        },
        .may("ldap_servers", Schema.list(Schema.text("An address."), "Addresses of LDAP servers."), like: []) {
            .strings($0.database.ldapServers)
        },
    ]

    private static let places: [Representation<DatabaseItem>.Member] = [
        .may("data_volume", Schema.text("The volume its data lie in."), like: "SalesData") {
            $0.database.dataVolume.map(Value.string)
        },
        .may("active_nodes", Schema.nodes("The nodes it runs on."), like: [11]) { .ints($0.database.activeNodes) },
        .may("reserve_nodes", Schema.nodes("The nodes that can take the place of one of these."), like: []) {
            .ints($0.database.reserveNodes)
        },
        .may(
            "volume_move_delay_s", Schema.int("Seconds before a volume follows it to another node; absent for never.")
        ) { $0.database.volumeMoveDelay.map(Value.int) },
        .part("owner", of: .owner) { $0.owner },
    ]
}
