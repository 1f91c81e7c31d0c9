import Access
import EXAConf

/// Nodes say what they need; whoever decides sees to it, after a look of its own.
extension JobScheduler {
    /// How long is waited before somebody is asked again.
    private static let pause = Duration.seconds(5)

    /// Hands something on to whoever decides, and waits until they took it.
    ///
    /// - Returns: `false` when this node decides and has to see to it itself.
    package func handOn(_ need: NodeNeed) async -> Bool {
        while !Task.isCancelled {
            let status = clusterStatus()
            if status.isMaster || !status.isElected { return false }
            if await environment.runner.handOn(need) { return true }
            await time.sleep(until: time.monotonic + Self.pause)
        }
        return true
    }

    /// Takes what another node needs. It is believed for that node alone, and no more than that somebody has to look.
    ///
    /// - Returns: Whether it was taken: this node decides, and has room for it.
    package func take(_ need: NodeNeed, of node: Int) -> Bool {
        guard clusterStatus().isMaster else { return false }
        switch need {
        case .database(let name):
            let database = configuration.document.databases.first { $0.name == name }
            guard database?.nodes.first == node else { return true }
            return needs.see(to: name)
        case .certificate: return needs.renew(on: node)
        }
    }

    /// The databases this node has to see to: where it decides, those of all nodes that are there, else its own.
    package var databasesInCare: [String] {
        let status = clusterStatus()
        return configuration.document.databases.filter { database in
            let home = database.nodes.first ?? status.ownNode
            if !status.isElected || home == status.ownNode { return true }
            return status.isMaster && status.members[home]?.isPresent == true
        }.map(\.name)
    }

    /// Does something now and whenever another node begins to decide, until the daemon stops.
    package func atEachTerm(_ work: () async -> Void) async {
        var reader = EventReader(events, EventFilter(types: ["master.changed"]), from: .now)
        while !Task.isCancelled {
            await work()
            if await reader.next(100) == .closed { return }
        }
    }
}
