/// What can stand where a job may stand: the pseudo commands of the legacy command line, and those beyond it.
enum Verb: String, CaseIterable {
    case status, jobs, queue, top, history, findings, backups
    case list, help, desc, args, result, stop
    case watch, wait, logs, retry
    case diff, rollback
    case rules, tokens, lockouts
    case cluster, master
    case clusterLevel = "cluster_level"
    case clusterInvite = "cluster_invite"
    case clusterVote = "cluster_vote"
    case info, open, contexts

    /// Under what it stands in the help.
    enum Group: String, CaseIterable {
        case look = "How things are"
        case jobs = "Jobs"
        case configuration = "Configuration"
        case administration = "Queue and access"
        case cluster = "Cluster"
        case client = "This client"
    }

    var group: Group {
        switch self {
        case .status, .jobs, .queue, .top, .history, .findings, .backups: .look
        case .list, .help, .desc, .args, .result, .stop, .watch, .wait, .logs, .retry: .jobs
        case .diff, .rollback: .configuration
        case .rules, .tokens, .lockouts: .administration
        case .cluster, .master, .clusterLevel, .clusterInvite, .clusterVote: .cluster
        case .info, .open, .contexts: .client
        }
    }

    var summary: String {
        switch self {
        case .status: "whether all is well, and what is wrong, with its cure"
        case .jobs: "jobs, newest first, with what they wait for or how far they are"
        case .queue: "what runs, what waits and for what, and the rules in force"
        case .top: "what runs and waits now, looked at again and again"
        case .history: "jobs, revisions and logins, newest first"
        case .findings: "what is wrong; mute it, or say that somebody looks after it"
        case .backups: "backups of all databases"
        case .list: "names of all jobs"
        case .help: "what a job or a word does; alone, this"
        case .desc: "a job, its parameters and rights as data"
        case .args: "a job's parameters as data"
        case .result: "what a job returned"
        case .stop: "ask a job to stop"
        case .watch: "what happens, as it happens; of one job until its end"
        case .wait: "wait for the end of jobs"
        case .logs: "what a job's commands said"
        case .retry: "do a job again"
        case .diff: "what a revision changed"
        case .rollback: "bring the content of a revision back"
        case .rules: "which jobs are held, limited or refused"
        case .tokens: "credentials for programs"
        case .lockouts: "who is locked after failed logins"
        case .cluster: "the nodes: who decides, who votes, who is behind"
        case .master: "address of the master"
        case .clusterLevel: "the level of the log; put the next one in force"
        case .clusterInvite: "ask a machine to become a node or a witness, and print what to run there"
        case .clusterVote: "have a node get the vote of another one"
        case .info: "who we are, and what answers"
        case .open: "address of an object on the status page"
        case .contexts: "clusters the file of credentials knows"
        }
    }
}
