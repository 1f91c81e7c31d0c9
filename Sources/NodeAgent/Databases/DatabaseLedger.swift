import Foundation
import JobEngine
package import Values

/// What is wanted of the databases of a node, and what was last seen of their servers: kept while the daemon is away.
///
/// Whether a database runs is never read here: that is asked of the system.
struct DatabaseLedger: Codable, Sendable, Hashable {
    var format = 1
    /// By name in the configuration.
    var databases: [String: Entry] = [:]

    /// What somebody wants of a database.
    enum Wanted: String, Codable, Sendable, Hashable { case running, stopped }

    struct Entry: Codable, Sendable, Hashable {
        /// The id in the configuration; with another one the name stands for another database.
        var id: String?
        /// Whether it was ever made: data that are not there are missing then.
        var isMade = false
        var wanted = Wanted.stopped
        /// Whether it is being stopped: its end is no surprise.
        var isStopping = false
        /// Whether it was up when it was last seen.
        var isUp = false
        var process: ServerProcess?
        /// When it came up, or ended, in milliseconds since 1970.
        var since: Int?
        /// How it ended, when nobody had asked for that.
        var ended: DatabaseEnd?
        /// Whether that was told.
        var isTold = true
        /// What `create_new_db` said last: make it anew at the next start, or never an empty one.
        var createsNew: Bool?
    }
}

/// How a server ended that nobody had asked to.
package struct DatabaseEnd: Codable, Sendable, Hashable {
    /// In milliseconds since 1970.
    package let at: Int
    /// Whether it was shut down in order; otherwise it crashed.
    package let isClean: Bool
    /// What is known of the reason, for people.
    package let cause: String

    /// - Parameter value: The member `ended` of an engine's answer. Without one it ended now, for no known reason.
    init(_ value: Value?, at now: Timestamp) {
        let members = value?.map
        at = (members?["at"]?.string).flatMap { Timestamp($0) }?.milliseconds ?? now.milliseconds
        isClean = members?["clean"]?.bool ?? false
        cause = members?["cause"]?.string ?? ""
    }

    /// The members callers read.
    package var value: Value {
        ["at": .string(Timestamp(milliseconds: at).description), "clean": .bool(isClean), "cause": .string(cause)]
    }
}

extension DatabaseLedger.Entry {
    /// Takes up what the engine says of the database.
    mutating func see(_ answer: Value, at now: Timestamp) {
        guard let state = answer["state"]?.string else { return }
        if answer["created"]?.bool == true { isMade = true }
        if state != "stopped" {
            // Somebody started it before there was a ledger.
            if self == Self(id: id, isMade: isMade) { wanted = .running }
            if !isUp { since = now.milliseconds }
            (isUp, isMade, ended, isTold) = (true, true, nil, true)
            process = ServerProcess(answer["process"])
            return
        }
        guard isUp else { return }
        let end = DatabaseEnd(answer["ended"], at: now)
        (isUp, process, since) = (false, nil, end.at)
        guard wanted == .running, !isStopping else { return }
        (ended, isTold) = (end, false)
    }

    /// It was started because somebody wanted it.
    mutating func start(_ answer: Value, at now: Timestamp) {
        (wanted, isMade, isStopping, createsNew, ended, isTold) = (.running, true, false, nil, nil, true)
        see(answer, at: now)
    }

    /// It was stopped because somebody wanted it.
    mutating func stop(at now: Timestamp) {
        if isUp || since == nil { since = now.milliseconds }
        (wanted, isStopping, isUp, process, ended, isTold) = (.stopped, false, false, nil, nil, true)
    }

    /// What callers read beside the engine's answer.
    var members: [String: Value] {
        var members: [String: Value] = [:]
        members["wanted"] = isMade ? .string(wanted.rawValue) : nil
        members["since"] = since.map { .string(Timestamp(milliseconds: $0).description) }
        members["ended"] = ended?.value
        return members
    }
}

extension DatabaseLedger {
    /// The ledger of a file; `nil` for one that cannot be read.
    init?(reading bytes: [UInt8]) {
        guard let ledger = try? JSONDecoder().decode(Self.self, from: Data(bytes)), ledger.format == 1 else {
            return nil
        }
        self = ledger
    }

    var bytes: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // Plain structures, which an encoder does not refuse.
        return (try? encoder.encode(self)).map(Array.init) ?? []
    }
}

extension InstallationRoot {
    /// Where the ledger of databases is.
    var databaseLedger: String { data + "/databases.json" }

    /// The databases of this node that were started by somebody and not stopped since, by name; read without a daemon.
    package var databasesWantedRunning: [String] { databases { $0.wanted == .running } }

    /// The databases of this node that were made here, by name; read without a daemon.
    package var databasesMade: [String] { databases(where: \.isMade) }

    private func databases(where isMeant: (DatabaseLedger.Entry) -> Bool) -> [String] {
        let bytes = try? DurableFile().read(databaseLedger)
        let ledger = bytes.flatMap { $0 }.flatMap { DatabaseLedger(reading: $0) }
        return (ledger?.databases ?? [:]).filter { isMeant($0.value) }.keys.sorted()
    }
}
