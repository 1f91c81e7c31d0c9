import EXAConf
package import JobEngine
package import Values

/// What the watch of this node knows of a database.
package struct WatchedDatabase: Sendable, Hashable {
    /// Its name.
    package let name: String
    /// Whether somebody wants it to run.
    package let isWanted: Bool
    /// Whether its server was there when the system was asked last; `nil` before that.
    package let isUp: Bool?
    /// Since when it is so.
    package let since: Timestamp?
    /// Why it ended though nobody had asked for that; empty where nobody knows.
    package let end: String
    /// What was measured of it a while ago; empty where nothing was.
    package var figures: [ObjectState.Figure: Int] = [:]

    /// A database as it is watched.
    package init(_ name: String, isWanted: Bool, isUp: Bool?, since: Timestamp?, end: String = "") {
        (self.name, self.isWanted, self.isUp, self.since, self.end) = (name, isWanted, isUp, since, end)
    }
}

/// The databases that live on this node: what is wanted of each, and whether its server is there.
package struct DatabasesProbe: StateProbe {
    package let name = "databases"
    package let pause = Duration.seconds(5)
    package let wakers = ["database.*", "job.stage", "job.ended"]
    private let node: Int
    private let configuration: @Sendable () -> PublishedConfiguration
    private let watched: @Sendable () async -> [WatchedDatabase]
    private let jobs: EndedJobs

    /// - Parameter watched: What the watch of this node knows.
    package init(
        node: Int, jobs: EndedJobs, configuration: @escaping @Sendable () -> PublishedConfiguration,
        watched: @escaping @Sendable () async -> [WatchedDatabase]
    ) {
        (self.node, self.jobs, self.configuration, self.watched) = (node, jobs, configuration, watched)
    }

    package func look() async -> [ObjectState] {
        let configuration = configuration()
        let known = Dictionary(await watched().map { ($0.name, $0) }) { first, _ in first }
        let starts = await jobs.look().starts
        let underWay = await jobs.underWay()
        let now = jobs.now
        return configuration.document.databases.filter { ($0.nodes.first ?? node) == node }.map { database in
            var state = Self.state(of: database.name, known[database.name], starts[database.name])
            state.node = node
            if let work = underWay[database.name] { state.take(work) }
            state.figures = known[database.name]?.figures ?? [:]
            // Of one that has ended its size alone is known.
            if state.actual != "running" { state.figures[.connections] = nil }
            state.maintenance = configuration.maintenance(ofDatabase: database.name, at: now)?.note
            return state
        }
    }

    /// - Parameter start: How the newest attempt to start it ended, unless it was stopped since.
    static func state(of name: String, _ known: WatchedDatabase?, _ start: EndedJobs.Ended?) -> ObjectState {
        if let start, !start.isWell, known?.isUp != true {
            return ObjectState(
                .database, name, wanted: "running", actual: "stopped",
                since: known?.isWanted == true ? known?.since : start.at,
                why: "it did not start: \(start.text)")
        }
        guard let known else { return ObjectState(.database, name, wanted: "stopped", actual: "stopped") }
        let actual = known.isUp.map { $0 ? "running" : "stopped" } ?? "unknown"
        return ObjectState(
            .database, name, wanted: known.isWanted ? "running" : "stopped", actual: actual, since: known.since,
            why: actual == "running" ? "" : known.end)
    }
}

extension ObjectState {
    /// Takes what a job is at, `starting` or `stopping`, unless it has come to that.
    mutating func take(_ work: String) {
        guard (work == "starting") != (actual == "running") else { return }
        if wanted == "running", why.isEmpty { why = "it is \(work)" }
        actual = work
    }
}
