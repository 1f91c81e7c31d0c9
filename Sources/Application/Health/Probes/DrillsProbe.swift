import JobEngine
import Values

/// How the newest drill of each database's backups ended: every node knows it from the history.
package struct DrillsProbe: StateProbe {
    package let name = "drills"
    package let pause = Duration.seconds(30)
    package let wakers = ["job.ended"]
    private let jobs: EndedJobs
    private let databases: @Sendable () -> [String]

    /// - Parameter databases: The names of those there are.
    package init(jobs: EndedJobs, databases: @escaping @Sendable () -> [String]) {
        (self.jobs, self.databases) = (jobs, databases)
    }

    package func look() async -> [ObjectState] {
        let drills = await jobs.look().drills
        return databases().map { database in
            guard let last = drills[database] else { return ObjectState(.drill, database, actual: "never-ran") }
            return ObjectState(
                .drill, database, actual: last.isWell ? "worked" : "failed", since: last.at,
                why: last.isWell ? "" : last.text,
                remedy: Finding.Job("db_backup_drill", ["db_name": .string(database)]))
        }
    }
}
