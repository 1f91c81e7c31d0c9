import Glibc
import Jobs
import NodeAgent

/// Which accounts of this machine do not get to what they work with, and which folder is in the way.
struct AccountCheck {
    private let settings: DaemonSettings
    private let installation: Installation

    init(_ settings: DaemonSettings, _ installation: Installation) {
        self.settings = settings
        self.installation = installation
    }

    /// One sentence each, with the cure. A daemon that is not root has one account for everything.
    var notes: [String] {
        guard geteuid() == 0 else { return [] }
        return [obstacleOfDatabases].compactMap(\.self) + jobs
    }

    /// What keeps the account of databases out of the installation, `nil` when nothing does.
    var obstacleOfDatabases: String? {
        guard geteuid() == 0, let account = ExternalProgram.Account(named: settings[\.engineUser]) else { return nil }
        let (reach, root) = (Reach(settings[\.engineUser], account), installation.root)
        let places = [root.directory, root.data + "/volumes", root.logs + "/databases", root.spool + "/databases"]
        guard
            let (obstacle, place) = places.lazy.compactMap({ place in reach.obstacle(into: place).map { ($0, place) } })
                .first
        else { return nil }
        let cure =
            place == root.directory
            ? "move \(root.directory) to where others can pass, such as /var/lib, or let them pass (chmod o+x)"
            : "'confd serve' sets the mode at its start"
        return "\(obstacle), whom databases run as, so none can run: \(cure)."
    }

    /// Jobs of `jobs.d` that run as somebody else.
    private var jobs: [String] {
        PluginJobs(installation.root).read().jobs.compactMap { job in
            guard let user = job.user else { return nil }
            guard let account = ExternalProgram.Account(named: user) else {
                return
                    "jobs.d: \(job.name): There is no user '\(user)', whom it runs as: make the account, or name another."
            }
            let program = "\(installation.root.jobPrograms)/\(job.name)/\(job.executable)"
            return Reach(user, account).obstacle(toRunning: program).map {
                "jobs.d: \(job.name): \($0), whom it runs as: let others pass and read (chmod o+rx)."
            }
        }
    }
}
