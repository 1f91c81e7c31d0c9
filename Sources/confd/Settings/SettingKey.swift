/// One setting of the daemon: its key, type, default and meaning. The command `confd settings` prints this table.
struct SettingKey {
    /// Dotted, as in the settings file; `http.port` is `CONFD_HTTP_PORT` in the environment.
    let name: String
    let kind: Kind
    /// What holds when nothing is said; empty when there is no value then.
    let fallback: String
    let text: String

    enum Kind: String {
        case text = "text"
        case number = "whole number"
        case truth = "true or false"
    }

    /// The variable of the environment that sets it.
    var variable: String { Self.variable(name) }

    /// Keys of earlier versions: what they said is not needed any more, and an installation that has them starts.
    static let obsolete: Set = [
        "limits.requests_per_second", "limits.requests_burst", "limits.submissions_per_second",
        "limits.submissions_burst",
    ]

    /// The variable of the environment that sets a key.
    static func variable(_ name: String) -> String { "CONFD_" + name.uppercased().replacing(".", with: "_") }

    static let all: [SettingKey] = [
        SettingKey(
            name: "http.port", kind: .number, fallback: "",
            text: "Port of all faces; XMLRPCPort of EXAConf when not set."),
        SettingKey(name: "http.bind", kind: .text, fallback: "0.0.0.0", text: "Address to listen on."),
        SettingKey(
            name: "http.socket", kind: .text, fallback: "",
            text: "Unix socket for callers of this machine; run/confd.sock below the root when not set, none for none."),
        SettingKey(
            name: "http.socket_group", kind: .text, fallback: "",
            text: "Group whose members may open that socket; nobody but the daemon's account and root when not set."),
        SettingKey(
            name: "http.pages", kind: .text, fallback: "",
            text:
                "Folder of the status page; the one that ships with the daemon, beside it or in ../share/confd, when not set."
        ),
        SettingKey(
            name: "http.allowed_origins", kind: .text, fallback: "",
            text:
                "Origins whose pages may use the server from a browser, such as https://admin.example.com; blanks between."
        ),
        SettingKey(
            name: "metrics.open", kind: .truth, fallback: "false",
            text: "Whether /metrics is for everybody; for administrators only when not set."),
        SettingKey(
            name: "http.max_connections", kind: .number, fallback: "10000", text: "Open connections at most."),
        SettingKey(
            name: "http.max_connections_per_address", kind: .number, fallback: "",
            text: "Open connections of one address; a quarter of all when not set."),
        SettingKey(
            name: "http.streams_per_user", kind: .number, fallback: "20",
            text: "Event streams a user may have open at once."),
        SettingKey(
            name: "node.id", kind: .number, fallback: "",
            text: "Which node of EXAConf this machine is; found out when not set."),
        SettingKey(name: "pam.service", kind: .text, fallback: "confd", text: "PAM service that checks passwords."),
        SettingKey(
            name: "pam.directory", kind: .text, fallback: "",
            text: "Folder of the PAM service file; the generated one below the root when not set."),
        SettingKey(
            name: "access.cache_seconds", kind: .number, fallback: "60",
            text: "How long a verified password is remembered, up to 60; 0 switches it off."),
        SettingKey(
            name: "access.failure_milliseconds", kind: .number, fallback: "1000",
            text: "A failed login is answered no earlier."),
        SettingKey(
            name: "access.session_seconds", kind: .number, fallback: "43200", text: "A session ends after so long."),
        SettingKey(
            name: "access.session_idle_seconds", kind: .number, fallback: "1800",
            text: "A session ends when it was not used for so long."),
        SettingKey(
            name: "access.challenge_seconds", kind: .number, fallback: "60",
            text: "How long a login waits for a one-time code or a new password."),
        SettingKey(
            name: "access.certificate_root", kind: .truth, fallback: "false",
            text: "Whether a client certificate can give the rights of root."),
        SettingKey(
            name: "limits.turns", kind: .number, fallback: "4",
            text: "Requests worked on at the same time while several users ask; 0 lets all in, however many a user has."
        ),
        SettingKey(
            name: "limits.under_way", kind: .number, fallback: "64",
            text: "Requests of a user under way at the same time; more stand in line."),
        SettingKey(
            name: "limits.address_per_second", kind: .number, fallback: "10",
            text: "Requests without a login from an address in the long run; 0 for no limit."),
        SettingKey(
            name: "limits.address_burst", kind: .number, fallback: "20",
            text: "Requests without a login from an address at once."),
        SettingKey(
            name: "limits.waits", kind: .number, fallback: "64",
            text: "Requests of a user that wait for jobs at the same time; 0 for no limit."),
        SettingKey(
            name: "jobs.queue_limit", kind: .number, fallback: "100000", text: "Jobs that have not ended, at most."),
        SettingKey(
            name: "history.keep_seconds", kind: .number, fallback: "2592000",
            text: "How long ended jobs stay in the store before they are archived; 0 for ever."),
        SettingKey(
            name: "history.keep_jobs", kind: .number, fallback: "10000000",
            text: "How many ended jobs stay in the store before the oldest are archived; 0 for any number."),
        SettingKey(
            name: "history.keep_bytes", kind: .number, fallback: "",
            text:
                "How large the store may be before the oldest ended jobs are archived; a tenth of its file system, 20 GB at most, when not set; 0 for any size."
        ),
        SettingKey(
            name: "accounts.manage", kind: .truth, fallback: "false",
            text: "Whether users and groups of EXAConf become accounts of this machine; the daemon has to be root."),
        SettingKey(
            name: "schedules.enabled", kind: .truth, fallback: "true",
            text: "Whether the daemon asks for jobs by itself: backups, starts of databases, expiry of backups."),
        SettingKey(
            name: "archives.roots", kind: .text, fallback: "",
            text: "Folders in which volumes of type file may lie, beside data/archives below the root; blanks between."),
        SettingKey(
            name: "archives.local_addresses", kind: .text, fallback: "",
            text:
                "Addresses or networks of this machine and its link at which remote volumes may be; none otherwise; blanks between."
        ),
        SettingKey(
            name: "bucketfs.roots", kind: .text, fallback: "",
            text:
                "Folders in which file services may keep buckets, beside data/bucketfs below the root; blanks between."
        ),
        SettingKey(
            name: "access.exaadm_grants", kind: .text, fallback: "own",
            text:
                "Which roles exaadm may give, and whose users it may change: own (exaadm, exadbadm, exastoradm, exabfsadm, exausers), or all."
        ),
        SettingKey(
            name: "engine.path", kind: .text, fallback: "",
            text: "The database engine; the one that ships with the daemon, beside it or in ../lib/confd, when not set."
        ),
        SettingKey(
            name: "engine.user", kind: .text, fallback: "postgres",
            text: "User the database engine runs as when the daemon is root."),
        SettingKey(
            name: "databases.sys_superuser", kind: .truth, fallback: "false",
            text:
                "Whether the user sys of new databases is a superuser, who can also run programs as the engine's user."),
        SettingKey(
            name: "databases.restart", kind: .text, fallback: "crash",
            text: "When a database whose server ended unasked is started again: crash (not after a shutdown), or never."
        ),
        SettingKey(
            name: "provider.path", kind: .text, fallback: "",
            text: "The executable that does jobs on infrastructure (infra_*, saas_*, update_system); none when not set."
        ),
        SettingKey(
            name: "monitoring.path", kind: .text, fallback: "",
            text: "The executable monitoring_start and monitoring_stop call; none when not set."),
        SettingKey(
            name: "shutdown.seconds", kind: .number, fallback: "30",
            text: "How long running commands may take to end when the daemon is stopped."),
        SettingKey(
            name: "log.level", kind: .text, fallback: "info", text: "trace, debug, info, notice, warning, error."),
        SettingKey(name: "log.format", kind: .text, fallback: "text", text: "text or json, on standard error."),
    ]
}
