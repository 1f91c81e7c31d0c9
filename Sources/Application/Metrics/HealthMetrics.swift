import Values

/// The state of the cluster as numbers, read at each scrape from what is kept.
package struct HealthMetrics: Sendable {
    private let board: HealthBoard

    /// Those of a board.
    package init(_ board: HealthBoard) { self.board = board }

    /// What they stand at.
    package var families: [MetricFamily] {
        [
            MetricFamily("confd_findings", .gauge, help: "Findings that are not muted.") { [board] in
                let found = Dictionary(grouping: board.findings.filter(\.counts)) {
                    [
                        MetricSample.Label("code", $0.code.rawValue),
                        MetricSample.Label("severity", $0.severity.rawValue),
                    ]
                }
                return found.map { MetricSample(Double($1.count), labels: $0) }
                    .sorted { $0.labels.map(\.value).lexicographicallyPrecedes($1.labels.map(\.value)) }
            },
            family(
                "confd_database_up", "Whether the database runs: 1, else 0; absent where nobody knows.", of: .database
            ) {
                $0.actual == "unknown" ? nil : $0.actual == "running" ? 1 : 0
            },
            family("confd_database_wanted", "Whether the database is wanted to run: 1, else 0.", of: .database) {
                $0.wanted == "running" ? 1 : 0
            },
            family("confd_disk_size_bytes", "Size of the disk.", of: .disk) {
                $0.figures[.sizeBytes].map { Double($0) }
            },
            family("confd_disk_used_bytes", "What is used of the disk.", of: .disk) {
                $0.figures[.usedBytes].map { Double($0) }
            },
            family(
                "confd_backup_newest_timestamp_seconds", "When the newest backup of the database was made.", of: .backup
            ) {
                $0.figures[.newestBackup].map { Double($0) / 1000 }
            },
            family("confd_schedule_failed", "Whether the schedule failed the last time: 1, else 0.", of: .schedule) {
                $0.actual == "failed" ? 1 : 0
            },
        ]
    }

    /// A number of each object of a kind.
    private func family(
        _ name: String, _ help: String, of kind: ObjectState.Kind,
        value: @escaping @Sendable (ObjectState) -> Double?
    ) -> MetricFamily {
        MetricFamily(name, .gauge, help: help) { [board] in
            ObjectMetrics.samples(of: kind, in: board.states, value)
        }
    }
}
