import Access
import Application
import EXAConf
import Gateway
import JobEngine
import Jobs
import OpenAPI
import Values

/// What listings are made of at one moment: the configuration in force, the nodes there are, and what was found when
/// somebody looked last. Nobody is asked for it.
struct Inventory: Sendable {
    let document: Document
    let cluster: ClusterStatus
    let now: Timestamp
    /// Of the databases in the configuration.
    let backups: [KnownBackup]
    /// When the look at backups of longest ago was; `nil` while one has not been looked at.
    let backupsLookedAt: Timestamp?
    private let states: [ObjectState.Kind: [ObjectState]]

    init(_ services: GatewayServices) {
        let databases = services.scheduler.configuration.document.databases.map(\.name)
        self.init(
            services.scheduler.configuration.document, services.members.status,
            now: Timestamp(milliseconds: Int(services.time.now)), states: services.findings.board.states,
            backups: services.backups.backups(of: databases),
            backupsLookedAt: services.backups.oldestLook(among: databases))
    }

    init(
        _ document: Document, _ cluster: ClusterStatus, now: Timestamp, states: [ObjectState] = [],
        backups: [KnownBackup] = [], backupsLookedAt: Timestamp? = nil
    ) {
        (self.document, self.cluster, self.now) = (document, cluster, now)
        (self.backups, self.backupsLookedAt) = (backups, backupsLookedAt)
        self.states = Dictionary(grouping: states, by: \.kind)
    }

    /// How an object was when somebody looked at it last; of one nobody looked at, nothing is known.
    ///
    /// - Parameters:
    ///   - nodes: Those that look at it.
    ///   - good: Of what several nodes tell of one object, that counts which is not this word.
    func state(
        _ kind: ObjectState.Kind, _ name: String, of nodes: [Int] = [], unless good: String = ""
    ) -> ObjectState {
        let told = states(kind).filter { $0.name == name || $0.name == "\($0.node ?? 0)-\(name)" }
        if let state = told.first(where: { $0.actual != good }) ?? told.first { return state }
        let isAway = !nodes.isEmpty && !nodes.contains(where: cluster.isReachable)
        let away = "Node \(nodes.map(String.init).joined(separator: ", ")) is away."
        return ObjectState(
            kind, name, actual: Self.unknown, why: isAway ? away : "Nobody has looked at it yet.")
    }

    /// What was found of all objects of a kind, by name; of one that lies on several nodes each tells its own.
    func states(_ kind: ObjectState.Kind) -> [ObjectState] { states[kind] ?? [] }

    /// What is called so where nobody knows.
    static let unknown = "unknown"
}

/// A thing of the cluster that is in a state.
protocol Observed: Sendable {
    var state: ObjectState { get }
}

extension Representation.Member where Item: Observed {
    /// The members by which every such thing tells how it is.
    ///
    /// - Parameters:
    ///   - words: The states there are, the good one first.
    ///   - meaning: What they mean, for people.
    static func state(_ words: [String], _ meaning: String) -> [Self] {
        let all = words.contains(Inventory.unknown) ? words : words + [Inventory.unknown]
        return [
            .has("state", Schema.openWord(all, meaning), like: .string(words[0])) { item in
                .string(all.contains(item.state.actual) ? item.state.actual : Inventory.unknown)
            },
            .may("since", Schema.time("Since when it is in this state, as far as anybody knows.")) {
                $0.state.since.map(Value.time)
            },
            .may("reason", Schema.text("Why it is in this state, in words; absent where there is nothing to be said."))
            {
                $0.state.why.isEmpty ? nil : .string(Secret.masked($0.state.why))
            },
            .may(
                "maintenance",
                Schema.text("Work on it that was told beforehand, in words: nobody is alarmed meanwhile.")
            ) { $0.state.maintenance.map { .string(Secret.masked($0)) } },
        ]
    }

    /// Bytes that were measured of it.
    static func measured(_ name: String, _ text: String, like example: Int, of figure: ObjectState.Figure) -> Self {
        .may(name, Schema.bytes(text), like: .int(example)) { $0.state.figures[figure].map(Value.int) }
    }
}

extension Schema {
    /// A size in bytes.
    static func bytes(_ text: String) -> Value { int(text, from: 0) }

    /// Ids of nodes.
    static func nodes(_ text: String) -> Value { list(int("The id of a node.", from: 0), text) }

    /// A list of names.
    static func names(_ text: String) -> Value { list(Schema.text("A name."), text) }
}

/// Who owns a thing, by ids of the system.
extension Representation where Item == EXAConf.Owner {
    static let owner = Representation(
        "ObjectOwner", "Who owns a thing, by the ids accounts of the system have.",
        members: [
            .has("user", Schema.int("The user id.", from: 0), like: 500) { .int($0.user) },
            .has("group", Schema.int("The group id.", from: 0), like: 500) { .int($0.group) },
        ])
}
