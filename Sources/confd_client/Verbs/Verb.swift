/// What can stand where a job may stand: the pseudo commands of the legacy command line, and those beyond it.
enum Verb: String, CaseIterable {
    case info, status, master, cluster
    case clusterInvite = "cluster_invite"
    case clusterVote = "cluster_vote"
    case list, help, desc, args, result, stop
    case watch, history, diff, rollback, logs

    var summary: String {
        switch self {
        case .info: "who we are, and what answers"
        case .status: "whether all is well, and what is wrong, with its cure"
        case .master: "address of the master"
        case .cluster: "the nodes: who decides, who votes, who is behind"
        case .clusterInvite: "cluster_invite ADDRESS: ask a machine to become a node, and print what to run there"
        case .clusterVote: "cluster_vote NODE [FROM]: have a node get the vote of another one"
        case .list: "names of all jobs"
        case .help: "help JOB: what a job does, with parameters and rights"
        case .desc: "desc JOB: the same as data"
        case .args: "args JOB: its parameters as data"
        case .result: "result ID: what a job returned"
        case .stop: "stop ID: ask a job to stop"
        case .watch: "watch [ID]: what happens, as it happens; of one job until its end"
        case .history: "history [FILTER: VALUE ...]: jobs, revisions and logins, newest first"
        case .diff: "diff [REVISION [REVISION]]: what a revision changed"
        case .rollback: "rollback REVISION: bring its content back"
        case .logs: "logs [-f] ID: what a job's commands said"
        }
    }

    /// What its first word is, for completion.
    var wants: String? {
        switch self {
        case .help, .desc, .args: "job"
        case .result, .stop, .watch, .logs: "id"
        case .diff, .rollback: "revision"
        default: nil
        }
    }
}
