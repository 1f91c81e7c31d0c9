extension Verb {
    /// What stands behind the word, a line for each way to use it.
    var usage: [String] {
        switch self {
        case .jobs: ["[state: STATE] [user: USER] [type: TYPE] [since: TIME] [until: TIME] [text: TEXT] [-n NUMBER]"]
        case .history: ["[since: TIME] [until: TIME] [user: USER] [kind: KIND] [object: KIND:NAME] [-n NUMBER]"]
        case .findings:
            [
                "[severity: SEVERITY] [object: KIND:NAME] [muted: true]", "mute ID until: TIME --reason TEXT",
                "acknowledge ID until: TIME --reason TEXT", "unmute ID",
            ]
        case .backups: ["[database: NAME] [volume: NAME] [usable: true|false]"]
        case .help: ["[JOB | WORD]"]
        case .desc, .args: ["JOB"]
        case .result, .stop: ["ID"]
        case .retry: ["ID [-S] [--reason TEXT] [--priority WORD] [--timeout TIME]"]
        case .watch: ["[ID]"]
        case .wait: ["ID... [--timeout TIME]"]
        case .logs: ["[-f] ID"]
        case .diff: ["[REVISION [REVISION]]"]
        case .rollback: ["REVISION [-d] [--reason TEXT]"]
        case .rules:
            [
                "",
                "add pause|reject|limit|accept [type: TYPE] [user: USER] [mode: read|modify] [limit: NUMBER] [until: TIME]",
                "remove ID...",
            ]
        case .tokens: ["", "add NAME [expires: TIME] [roles: '[ROLE]']", "remove ID..."]
        case .lockouts: ["", "remove ID..."]
        case .clusterLevel: ["[raise]"]
        case .clusterInvite: ["ADDRESS | NODE", "witness ADDRESS"]
        case .clusterVote: ["NODE [FROM]"]
        case .open: ["[OBJECT]"]
        case .status, .queue, .top, .list, .cluster, .master, .info, .contexts: [""]
        }
    }

    /// What a summary has no room for.
    var detail: String? {
        switch self {
        case .status: "The exit status is 0 when all is well, and 1 when it is not."
        case .jobs:
            """
            STATE is open, waiting, running or ended, or an outcome or a stage: \(JobStates.outcomes.joined(separator: ", ")).
            Several outcomes stand in a list, '[failed, lost]'. A '*' at the end of TYPE or USER stands for any rest.
            """
        case .history: "KIND is job, revision, login and the like; an object is kind and name, as db:SALES."
        case .findings: "A muted finding does not count; an acknowledged one does, and tells who looks after it."
        case .wait:
            "The exit status is that of the first job that did not end well, and 3 when one has not ended in time."
        case .watch: "The exit status is that of the job."
        case .retry: "The job is asked for anew, as the user who asks now; it prints what that job returns."
        case .rules:
            "'add' prints the id of the rule. A '*' at the end of TYPE stands for any rest; --reason says what it is for."
        case .tokens: "'add' prints the secret, this once. Without 'expires' it does not end."
        case .lockouts: "Each node counts failures itself: ask the one that refuses."
        case .clusterLevel: "'raise' is for root. Afterwards no node can go back to the version before."
        case .open: "OBJECT is the id of a job, as 11.4, or kind and name, as db:SALES."
        case .contexts:
            """
            They stand under 'contexts' in the file of credentials, each with host, user and so on; --context NAME or
            CONFD_CLIENT_CONTEXT chooses one, and 'context: NAME' in the file the one that is taken when nothing is said.
            """
        case .top: "On a terminal every two seconds until Ctrl-C; elsewhere once."
        default: nil
        }
    }

    /// What `help` prints of it.
    var help: String {
        let lines = usage.enumerated().map { index, words in
            (index == 0 ? "Usage: " : "       ") + "confd_client \(rawValue)" + (words.isEmpty ? "" : " \(words)")
        }
        let first = summary.prefix(1).uppercased() + summary.dropFirst() + "."
        let times =
            usage.contains { $0.contains("TIME") }
            ? "TIME is 1h, 2d, yesterday, 2026-01-02, '2026-01-02 15:04' or 2026-01-02T15:04:05Z." : nil
        let parts = [first, detail, self == .wait || self == .retry || self == .tokens ? nil : times].compactMap(\.self)
        return lines.joined(separator: "\n") + "\n\n" + parts.joined(separator: "\n") + "\n"
    }
}
