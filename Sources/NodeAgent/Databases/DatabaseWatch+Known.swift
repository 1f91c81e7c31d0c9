import JobEngine
package import Values

extension DatabaseWatch {
    /// What is known of a database without asking anybody.
    package struct Known: Sendable, Hashable {
        /// Its name.
        package let name: String
        /// Whether somebody wants it to run.
        package let isWanted: Bool
        /// Whether its server is there; `nil` where nobody has looked since the daemon was started.
        package let isUp: Bool?
        /// Since when it is so.
        package let since: Timestamp?
        /// Why it ended though nobody had asked for that; empty where nobody knows.
        package let end: String
        /// What was measured of it a while ago; `nil` when nothing was.
        package let figures: Figures?
    }

    /// What was measured of a database that runs.
    package struct Figures: Sendable, Hashable {
        /// What its data take.
        package let usedBytes: Int?
        /// Clients that are connected.
        package let connections: Int?
    }

    /// Every database that was made here, by name.
    package var known: [Known] {
        databasesInLedger.sorted { $0.key < $1.key }.filter(\.value.isMade).map { name, entry in
            // What the ledger says of one that was up is of an earlier run, until its server is watched.
            let isUp = entry.isUp ? (isWatched(name) ? true : nil) : false
            return Known(
                name: name, isWanted: entry.wanted == .running && !entry.isStopping, isUp: isUp,
                since: entry.since.map { Timestamp(milliseconds: $0) }, end: entry.ended?.words ?? "",
                figures: figures[name])
        }
    }
}

extension DatabaseEnd {
    /// For people, as the end of a sentence.
    fileprivate var words: String {
        let how = isClean ? "it was shut down though nobody had asked for that here" : "its server crashed"
        return cause.isEmpty ? how : "\(how) (\(cause))"
    }
}
