extension Verb {
    /// What its first word is, for completion.
    var wants: String? {
        switch self {
        case .help, .desc, .args: "job"
        case .result, .stop, .watch, .logs, .wait, .retry, .open: "id"
        case .diff, .rollback: "revision"
        default: nil
        }
    }

    /// Whether it takes several of these.
    var wantsSeveral: Bool { self == .wait || self == .diff }

    /// Words of its own that can stand first.
    var ownWords: [String] {
        switch self {
        case .rules, .tokens: ["add", "list", "remove"]
        case .lockouts: ["list", "remove"]
        case .findings: ["acknowledge", "list", "mute", "unmute"]
        case .clusterLevel: ["raise"]
        case .clusterInvite: ["witness"]
        case .help: Verb.allCases.map(\.rawValue)
        default: []
        }
    }

    /// Names that take values, behind the first of its own words, if there is one.
    func names(behind word: String?) -> [String] {
        switch (self, word) {
        case (.jobs, _): Session.jobFilters
        case (.history, _): Session.historyFilters
        case (.backups, _): Session.backupFilters
        case (.findings, nil), (.findings, "list"): Session.findingFilters
        case (.findings, "mute"), (.findings, "acknowledge"): ["until"]
        case (.rules, "add"): Session.ruleNames
        case (.tokens, "add"): ["expires", "roles"]
        default: []
        }
    }

    /// Where the ids are that stand behind one of its own words, and the member that is the id.
    func things(behind word: String) -> (path: String, member: String)? {
        switch (self, word) {
        case (.rules, "remove"): ("/queue/rules", "rule_id")
        case (.tokens, "remove"): ("/tokens", "token_id")
        case (.lockouts, "remove"): ("/lockouts", "lockout_id")
        case (.findings, "mute"), (.findings, "acknowledge"): ("/health/findings", "finding_id")
        case (.findings, "unmute"): ("/health/findings?muted=true", "finding_id")
        default: nil
        }
    }

    /// The values a name can have, where they are few.
    static func values(of name: String) -> [String] {
        switch name {
        case "state": JobStates.all
        case "mode": ["modify", "read"]
        case "severity": ["critical", "notice", "warning"]
        case "action": ["accept", "limit", "pause", "reject"]
        case "muted", "usable": ["false", "true"]
        case "since", "until": ["1d", "1h", "today", "yesterday"]
        case "kind": ["job", "login", "revision"]
        default: []
        }
    }
}
