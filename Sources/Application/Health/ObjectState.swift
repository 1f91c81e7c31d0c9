package import Values

/// How one object of the cluster is, beside how it is wanted to be: what a probe found, kept until it looks again.
package struct ObjectState: Sendable, Hashable {
    /// What kinds of objects there are; the words are those of histories (`db:SALES`).
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Whether anything can be decided, by the name of the cluster.
        case cluster
        case node
        case database = "db"
        case volume, disk
        case fileService = "bucketfs"
        /// Backups of one database, by its name.
        case backup
        case schedule, certificate, license
        /// Whether backups of one database can be used, by its name.
        case drill
        /// Whom the daemon tells what is wrong, by what settings call them.
        case notification
        /// A port of a node that somebody wants, such as `11-8563`.
        case port
        /// The audit log of one node.
        case audit
        /// What follows the configuration on one node, by the name of its reconciler.
        case reconciler
    }

    /// A number that was measured of an object, by which it is judged.
    package enum Figure: String, Sendable, Hashable, CaseIterable {
        /// What is used of a disk or a volume, in bytes.
        case usedBytes = "used_bytes"
        /// What it has, in bytes.
        case sizeBytes = "size_bytes"
        /// What of a disk belongs to volumes, in bytes; it may be all of it.
        case allocatedBytes = "allocated_bytes"
        /// When the newest usable backup was made, in milliseconds since 1970; absent when there is none.
        case newestBackup = "newest_backup"
        /// Since when there should have been one at the latest, in milliseconds since 1970.
        case firstWanted = "first_wanted"
        /// When a certificate or a license ends, in milliseconds since 1970.
        case notAfter = "not_after"
        /// For how long a node has not known all that was decided, in seconds.
        case lagSeconds = "lag_seconds"
        /// How many changes it has still to take.
        case lagEntries = "lag_entries"
        /// How many copies of a volume there are to be.
        case redundancy
        /// How many clients are connected to a database.
        case connections
        /// When something is done by itself the next time, in milliseconds since 1970.
        case next
    }

    /// What kind of object it is.
    package let kind: Kind
    /// Its name within its kind; of what every node has one of, with the number of the node in front (`11-store`).
    package let name: String
    /// The node that knows; `nil` for what every node knows of by itself.
    package var node: Int?
    /// How it should be, in one word; empty where nothing is wanted of it.
    package var wanted: String
    /// How it is, in one word.
    package var actual: String
    /// Since when it is so, as far as anybody knows.
    package var since: Timestamp?
    /// Why it is so, in words for the administrator, without secrets; empty where there is nothing to be said.
    package var why: String
    /// What was measured.
    package var figures: [Figure: Int]
    /// Work on it that was told beforehand, in words; nobody is alarmed meanwhile.
    package var maintenance: String?
    /// A job that would bring it to what is wanted, where the probe knows one that a rule cannot know.
    package var remedy: Finding.Job?

    /// A state as it was found.
    package init(
        _ kind: Kind, _ name: String, node: Int? = nil, wanted: String = "", actual: String, since: Timestamp? = nil,
        why: String = "", figures: [Figure: Int] = [:], maintenance: String? = nil, remedy: Finding.Job? = nil
    ) {
        (self.kind, self.name, self.node, self.wanted, self.actual) = (kind, name, node, wanted, actual)
        (self.since, self.why, self.figures, self.maintenance) = (since, why, figures, maintenance)
        self.remedy = remedy
    }

    /// What it is called in histories and findings, such as `db:SALES`.
    package var object: String { "\(kind.rawValue):\(name)" }
}

extension ObjectState {
    /// What lies of a volume on a node: missing data are worse than a volume that is locked, which is somebody's will.
    ///
    /// - Parameters:
    ///   - isData: Whether it is for data of databases.
    ///   - fault: Why the storage does not give it, in words; `nil` when it does.
    ///   - missing: What of it should be there and is not, in words.
    package init(volume name: String, node: Int, isData: Bool, fault: String?, missing: String?) {
        let actual = missing != nil ? "missing" : fault != nil ? "locked" : "online"
        self.init(
            .volume, name, node: node, wanted: isData && actual != "locked" ? "online" : "", actual: actual,
            why: missing ?? fault ?? "")
    }
}
