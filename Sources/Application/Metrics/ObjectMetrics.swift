package import Access
import Values

/// What was measured of the cluster's objects, read at each scrape from what is kept: no engine, node or archive is asked then.
///
/// Labels are names of databases, volumes, disks, nodes and schedules; of each family there are ``limit`` samples at most.
package struct ObjectMetrics: Sendable {
    /// Objects of one kind that are told of; what is beyond is counted in `confd_objects_left_out`.
    package static let limit = 1000

    private let health: any ClusterHealth
    private let time: any TimeSource
    private let goal: Double

    /// - Parameter hours: How old the newest backup of a database may be.
    package init(_ health: any ClusterHealth, time: any TimeSource, goal hours: Int) {
        (self.health, self.time, goal) = (health, time, Double(hours) * 3600)
    }

    /// What they stand at.
    package var families: [MetricFamily] { databases + storage + backups + nodes + ends + [leftOut] }

    private var databases: [MetricFamily] {
        [
            family("confd_database_size_bytes", "What the data of the database take.", of: .database) {
                $0.number(.usedBytes)
            },
            family("confd_database_connections", "Clients that are connected to the database.", of: .database) {
                $0.number(.connections)
            },
        ]
    }

    private var storage: [MetricFamily] {
        [
            family("confd_disk_free_bytes", "What can still be written on the disk.", of: .disk) { state in
                guard let size = state.number(.sizeBytes), let used = state.number(.usedBytes) else { return nil }
                return max(0, size - used)
            },
            family("confd_volume_up", "Whether the volume is there: 1, else 0.", of: .volume) {
                $0.actual == "online" ? 1 : 0
            },
            family("confd_volume_size_bytes", "Size of the volume, by the configuration.", of: .volume) {
                $0.number(.sizeBytes)
            },
            family("confd_volume_used_bytes", "What is used of the volume.", of: .volume) { $0.number(.usedBytes) },
            family("confd_volume_redundancy", "How many copies of the volume there are to be.", of: .volume) {
                $0.number(.redundancy)
            },
        ]
    }

    private var backups: [MetricFamily] {
        [
            family("confd_backup_age_seconds", "Age of the newest backup of the database.", of: .backup) {
                [time] state in
                state.number(.newestBackup).map { max(0, (Double(time.now) - $0) / 1000) }
            },
            .gauge("confd_backup_goal_seconds", "How old the newest backup of a database may be.") { [goal] in goal },
            family("confd_drill_failed", "Whether the newest drill of a backup failed: 1, else 0.", of: .drill) {
                $0.since == nil ? nil : $0.actual == "failed" ? 1 : 0
            },
            family("confd_drill_timestamp_seconds", "When the newest drill of a backup ended.", of: .drill) {
                $0.since.map { Double($0.milliseconds) / 1000 }
            },
            family("confd_schedule_last_timestamp_seconds", "When the schedule's newest job ended.", of: .schedule) {
                $0.since.map { Double($0.milliseconds) / 1000 }
            },
            family("confd_schedule_next_timestamp_seconds", "When the schedule is due next.", of: .schedule) {
                $0.number(.next).map { $0 / 1000 }
            },
        ]
    }

    private var nodes: [MetricFamily] {
        [
            family("confd_node_present", "Whether the node is heard of: 1, else 0.", of: .node) {
                ["present", "suspended"].contains($0.actual) ? 1 : 0
            },
            family("confd_node_ready", "Whether the node takes part in everything: 1, else 0.", of: .node) {
                $0.actual == "present" ? 1 : 0
            },
            family("confd_node_lag_entries", "Changes the node has still to take.", of: .node) {
                $0.number(.lagEntries)
            },
            family("confd_node_lag_seconds", "For how long the node has not known all that was decided.", of: .node) {
                $0.number(.lagSeconds)
            },
        ]
    }

    private var ends: [MetricFamily] {
        [
            family("confd_certificate_end_timestamp_seconds", "When the certificate of a node ends.", of: .certificate)
            {
                $0.number(.notAfter).map { $0 / 1000 }
            },
            family(
                "confd_license_end_timestamp_seconds", "When the license ends; absent for one without end.",
                of: .license
            ) {
                $0.number(.notAfter).map { $0 / 1000 }
            },
        ]
    }

    private var leftOut: MetricFamily {
        .gauge("confd_objects_left_out", "Objects that have no metrics, for there are too many of their kind.") {
            [health] in
            let counts = Dictionary(grouping: health.states, by: \.kind).values.map { max(0, $0.count - Self.limit) }
            return Double(counts.reduce(0, +))
        }
    }

    /// A sample for each name. Of a volume several looks tell, and each node it lies on: it is up when all of them say so, and of
    /// a figure the least is told.
    static func samples(
        of kind: ObjectState.Kind, in states: [ObjectState], _ value: (ObjectState) -> Double?
    ) -> [MetricSample] {
        var least: [String: Double] = [:]
        for state in states where state.kind == kind {
            guard let number = value(state) else { continue }
            least[state.name] = min(number, least[state.name] ?? number)
        }
        return least.sorted { $0.key < $1.key }.prefix(limit).map { name, number in
            MetricSample(number, labels: [.init(kind.metricLabel, name)])
        }
    }

    private func family(
        _ name: String, _ help: String, of kind: ObjectState.Kind, value: @escaping @Sendable (ObjectState) -> Double?
    ) -> MetricFamily {
        MetricFamily(name, .gauge, help: help) { [health] in
            Self.samples(of: kind, in: health.states, value)
        }
    }
}

extension ObjectState {
    /// A figure as metrics have it.
    fileprivate func number(_ figure: Figure) -> Double? { figures[figure].map { Double($0) } }
}

extension ObjectState.Kind {
    /// What a label is called that names one.
    var metricLabel: String { [.database, .backup, .drill].contains(self) ? "database" : rawValue }
}
