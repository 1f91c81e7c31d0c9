import Access
import Application
import AuditExport
import EXAConf
import EtcdStore
import Foundation
import HTTPServer
import JobEngine
import Logging
import Notifications
import PeerLink

/// Every setting of the daemon, declared once: key, form, default and meaning.
///
/// The list of all settings, the check of a value and what ``DaemonSettings`` answers by key path follow from the
/// declaration. `scripts/settings-reference` writes what is said here into the documents.
struct Settings {
    // Defaults stand where they are used; here they get their keys.
    private static let logins = LoginPolicy()
    private static let limits = RateLimits()
    private static let strangers = limits.strangers
    private static let thresholds = FindingThresholds()

    // MARK: Faces

    let port = Setting.optionalNumber(
        "http.port", in: 0...65_535, unset: "XMLRPCPort of EXAConf",
        text: "Port of all APIs; with 0 the system chooses one")
    let bindAddress = Setting.text("http.bind", default: "0.0.0.0", text: "Address to listen on")
    let socket = Setting.optionalText(
        "http.socket", allowed: "an absolute path of at most \(LocalSocket.longestPath) bytes, or none",
        unset: "run/confd.sock below the root", text: "Unix socket for callers of this machine",
        accepts: { $0 == Settings.noSocket || ($0.hasPrefix("/") && $0.utf8.count <= LocalSocket.longestPath) })
    // Which groups there are is known where the socket is made.
    let socketGroup = Setting.optionalText(
        "http.socket_group", allowed: "a group of this machine",
        unset: "nobody but root and the daemon's account", text: "Group whose members may open that socket")
    let pages = Setting.optionalText(
        "http.pages", unset: "the one that ships with the daemon", text: "Folder of the status page")
    let documents = Setting.optionalText(
        "http.docs", unset: "those that ship with the daemon",
        text: "Folder of the documents, which are served at /docs")
    let allowedOrigins = Setting.list(
        "http.allowed_origins", of: "origins such as https://admin.example.com, without a path",
        text: "Origins whose pages may use the server from a browser", element: { Settings.origin($0) })
    let hasOpenMetrics = Setting.truth(
        "metrics.open", default: false, text: "Whether /metrics is for everybody, and not for administrators only")
    let maxConnections = Setting.number(
        "http.max_connections", in: 1...Int.max, default: 10_000, text: "Open connections at most; more wait")
    let maxConnectionsPerAddress = Setting.optionalNumber(
        "http.max_connections_per_address", in: 1...Int.max, unset: "a quarter of all",
        text: "Open connections of one address (IPv6: of a /64); more are closed at once")
    let trustedProxies = Setting.list(
        "http.trusted_proxies", of: "addresses, or networks such as 10.0.0.0/8",
        text: "Proxies that are believed about the address a request comes from, by Forwarded or X-Forwarded-For; "
            + "where there are any, root from a loopback address is locked like everybody else",
        element: { IPRange($0) })
    let streamsPerUser = Setting.number(
        "http.streams_per_user", in: 1...Int.max, default: 20, text: "Event streams a user may have open at once")
    let nodeID = Setting.optionalNumber(
        "node.id", in: 0...Int.max, unset: "found out", text: "Which node of EXAConf this machine is")

    // MARK: Logging in

    let pamService = Setting.text("pam.service", default: "confd", text: "PAM service that checks passwords")
    let pamDirectory = Setting.optionalText(
        "pam.directory", unset: "etc/pam.d below the root",
        text: "Folder of the PAM service file; when set, the file is yours and is not written")
    let cacheSeconds = Setting.number(
        "access.cache_seconds", in: 0...60, default: Settings.seconds(Settings.logins.cacheLifetime),
        text: "How long a verified password is remembered; 0 switches it off")
    let failureMilliseconds = Setting.number(
        "access.failure_milliseconds", in: 0...86_400_000, allowed: "0 or more",
        default: Int(Settings.logins.failureFloor / .milliseconds(1)),
        text: "How long the answer to a failed login takes at least")
    let sessionSeconds = Setting.number(
        "access.session_seconds", in: 1...31_536_000, default: Settings.seconds(Settings.logins.sessionLifetime),
        text: "A session ends after so long")
    let sessionIdleSeconds = Setting.number(
        "access.session_idle_seconds", in: 1...31_536_000, default: Settings.seconds(Settings.logins.sessionIdleLimit),
        text: "A session ends when it was not used for so long")
    let challengeSeconds = Setting.number(
        "access.challenge_seconds", in: 1...31_536_000, default: Settings.seconds(Settings.logins.challengePatience),
        text: "How long a login waits for a one-time code or a new password")
    let certificatesGrantRoot = Setting.truth(
        "access.certificate_root", default: false, text: "Whether a client certificate can give the rights of root")
    let certificateRevocations = Setting.optionalText(
        "access.certificate_revocations", allowed: "an absolute path", unset: "none",
        text: "File with the revocation lists (CRL) of the authorities of client certificates, PEM or DER, which only "
            + "root and the daemon may write; with it, a certificate is believed only while a list of its issuer "
            + "holds and does not name it",
        accepts: { $0.hasPrefix("/") })
    let exaadmGrants = Setting.choice(
        "access.exaadm_grants", default: OperatorPolicy.Grants.own,
        text: "Which roles members of exaadm may give, and whose users they may change: their own and those below "
            + "(exaadm, exadbadm, exastoradm, exabfsadm, exausers), or all")

    // MARK: Limits

    let turns = Setting.number(
        "limits.turns", in: 0...1_000_000, default: Settings.limits.turns,
        text: "Requests worked on at the same time while several users ask, who take turns; 0 lets all in, however "
            + "many a user has")
    let requestsUnderWay = Setting.number(
        "limits.under_way", in: 1...1_000_000, default: Settings.limits.underWay,
        text: "Requests of a user under way at the same time; 1024 more stand in line")
    let waits = Setting.number(
        "limits.waits", in: 0...1_000_000, default: Settings.limits.waits,
        text: "Requests of a user that wait for jobs or events at the same time; 0 for no limit")
    let requestsPerSecond = Setting.number(
        "limits.address_per_second", in: 0...1_000_000, default: Settings.strangers.perSecond,
        text: "Requests without a login from an address in the long run; 0 for no limit")
    let requestsAtOnce = Setting.number(
        "limits.address_burst", in: 1...1_000_000, default: Settings.strangers.burst,
        text: "Requests without a login from an address at once")

    let bodyMemory = Setting.number(
        "limits.body_memory", in: 67_108_864...1_000_000_000_000, allowed: "67108864 (64 MiB) or more",
        default: MemoryLimits().total,
        text: "Bytes of memory that bodies of requests have while they are read and worked on; a user has a tenth of "
            + "them, 64 MiB at least, and more wait")

    // MARK: Jobs

    let queueLimit = Setting.number(
        "jobs.queue_limit", in: 1...Int.max, default: 100_000, text: "Jobs that have not ended, at most")
    let keepSeconds = Setting.number(
        "history.keep_seconds", in: 0...1_000_000_000_000, allowed: "0 or more", default: 2_592_000,
        text: "How long ended jobs stay in the store before they are archived, where 86400 is a day; 0 for ever")
    let keepJobs = Setting.number(
        "history.keep_jobs", in: 0...1_000_000_000_000, allowed: "0 or more", default: 10_000_000,
        text: "How many ended jobs stay in the store before the oldest are archived; 0 for any number")
    let keepBytes = Setting.optionalNumber(
        "history.keep_bytes", in: 0...1_000_000_000_000, allowed: "0 or more",
        unset: "a tenth of its file system, 20 GB at most",
        text: "How large the store may be before the oldest ended jobs are archived; 0 for any size")
    let auditKeepSeconds = Setting.number(
        "audit.keep_seconds", in: 0...1_000_000_000_000, allowed: "0 or more", default: 34_560_000,
        text: "How long audit records stay in the store before they are archived, where 86400 is a day; 0 for ever")
    let auditKeepRecords = Setting.number(
        "audit.keep_records", in: 0...1_000_000_000_000, allowed: "0 or more", default: 1_000_000,
        text: "How many audit records stay in the store before the oldest are archived; 0 for any number")
    let auditDestination = Setting.optionalText(
        "audit.syslog", allowed: AuditDestination.form, unset: "none", text: "Where audit records are sent as well",
        accepts: { $0 == Settings.noDestination || AuditDestination($0) != nil })
    let managesAccounts = Setting.truth(
        "accounts.manage", default: false,
        text: "Whether users and groups of EXAConf become accounts of this machine; the daemon has to be root")
    let hasSchedules = Setting.truth(
        "schedules.enabled", default: true,
        text: "Whether the daemon asks for jobs by itself: backups, starts of databases, expiry of backups, renewal of "
            + "its certificate")
    let drillDays = Setting.number(
        "backups.drill_days", in: 0...3650, default: 0,
        text:
            "After so many days without one that went well, the daemon tries whether the newest backup of a database can be "
            + "restored (db_backup_drill); 0 for never")
    let certificateRenewal = Setting.truth(
        "certificates.renew", default: true,
        text: "Whether the daemon makes a new certificate in time where it made the former one for itself")

    // MARK: Storage

    let archiveRoots = Setting.list(
        "archives.roots", of: "absolute paths of folders, such as /srv/backup",
        text: "Folders in which volumes of type file may lie, beside data/archives below the root",
        element: { Settings.folder($0) })
    let archiveAddresses = Setting.list(
        "archives.local_addresses", of: "addresses, or networks such as 127.0.0.0/8",
        text: "Addresses or networks of this machine and its link at which remote volumes may be",
        element: { IPRange($0) })
    let archiveUser = Setting.text(
        "archives.user", default: "backup",
        text: "User remote volumes are reached as when the daemon is root; not the one databases run as")
    let bucketRoots = Setting.list(
        "bucketfs.roots", of: "absolute paths of folders, such as /srv/backup",
        text: "Folders in which file services may keep buckets, beside data/bucketfs below the root",
        element: { Settings.folder($0) })

    // MARK: Notifications

    let notificationTargets = Setting.list(
        "notifications.targets", of: NotificationTarget.form,
        text: "Whom the daemon tells what is wrong and which jobs failed", element: { NotificationTarget($0) })
    let notificationRules = Setting.list(
        "notifications.rules", of: NotificationRule.form,
        text:
            "What each target is told of, by severity (notice, warning, critical) and topic; a target without a rule is "
            + "told everything from warning on",
        element: { NotificationRule($0) })
    let notificationSecrets = Setting.optionalText(
        "notifications.secrets", allowed: "an absolute path", unset: "none",
        text: "Folder with NAME.key, which signs what the webhook NAME is sent, NAME.url, its address where that is a "
            + "secret, and NAME.pem, the authorities of its certificate; only root and the daemon may write there",
        accepts: { $0.hasPrefix("/") })
    let notificationAddresses = Setting.list(
        "notifications.local_addresses", of: "addresses, or networks such as 127.0.0.0/8",
        text: "Addresses or networks of this machine and its link at which webhooks may be", element: { IPRange($0) })
    let mailProgram = Setting.text(
        "notifications.mail_program", default: "/usr/sbin/sendmail",
        text: "The program mail is handed to, which takes it as sendmail does")
    let mailSender = Setting.optionalText(
        "notifications.mail_from", allowed: "a mailbox such as confd@example.com",
        unset: "the mail program's own choice", text: "Mailbox mail of the daemon comes from",
        accepts: { NotificationTarget.isMailbox($0) })

    // MARK: Programs

    let enginePath = Setting.optionalText(
        "engine.path", unset: "the one that ships with the daemon", text: "The database engine")
    let engineUser = Setting.text(
        "engine.user", default: "postgres", text: "User the database engine runs as when the daemon is root")
    let sysIsSuperuser = Setting.truth(
        "databases.sys_superuser", default: false,
        text: "Whether the user sys of new databases is a superuser, who can also run programs as the engine's user")
    let databaseRestart = Setting.choice(
        "databases.restart", default: DatabaseRestart.crash,
        text: "When a database whose server ended unasked is started again: after a crash (not after a shutdown), or "
            + "never")
    let providerPath = Setting.text(
        "provider.path", default: "", unset: "none",
        text: "The executable that does jobs on infrastructure (infra_*, saas_*, update_system)")
    let monitoringPath = Setting.text(
        "monitoring.path", default: "", unset: "none",
        text: "The executable monitoring_start and monitoring_stop call")

    // MARK: Findings

    let diskWarning = Setting.number(
        "findings.disk_warning", in: 1...100, default: Settings.thresholds.diskWarning,
        text: "So many percent of a disk in use are a finding")
    let diskCritical = Setting.number(
        "findings.disk_critical", in: 1...100, default: Settings.thresholds.diskCritical,
        text: "So many percent are a critical one")
    let backupHours = Setting.number(
        "findings.backup_hours", in: 1...87_600, default: Settings.thresholds.backupHours,
        text: "A newest backup of a database that is older than so many hours is a finding")
    let endWarningDays = Setting.number(
        "findings.end_warning_days", in: 0...3650, default: Settings.thresholds.endWarningDays,
        text: "A certificate or license that ends in less than so many days is a finding")
    let endCriticalDays = Setting.number(
        "findings.end_critical_days", in: 0...3650, default: Settings.thresholds.endCriticalDays,
        text: "In less than so many days it is a critical one")
    let lagSeconds = Setting.number(
        "findings.lag_seconds", in: 1...86_400, default: Settings.thresholds.lagSeconds,
        text: "A node that has not known for so many seconds what was decided is a finding, and so is a cluster where "
            + "nobody has decided for so long")

    // MARK: More than one node

    let clusterAddress = Setting.optionalText(
        "cluster.address", allowed: "an IP address of this machine", unset: "the node's PrivateNet of EXAConf",
        text: "Address at which this node and its etcd answer other nodes", accepts: { Settings.address($0) })
    let etcdClientPort = Setting.number(
        "cluster.ports.etcd_client", in: 1...65_535, default: EtcdMemberPlan.clientPort,
        text: "Port on which this node's etcd answers daemons")
    let etcdPeerPort = Setting.number(
        "cluster.ports.etcd_peer", in: 1...65_535, default: EtcdMemberPlan.peerPort,
        text: "Port on which this node's etcd talks to those of other nodes")
    let peerPort = Setting.number(
        "cluster.ports.peer", in: 1...65_535, default: ClusterPorts().nodes,
        text: "Port on which this node answers other nodes")
    let leaseSeconds = Setting.number(
        "cluster.lease", in: 5...60, default: 10,
        text: "Seconds after which a node that is not heard of is away, and another one decides in its place; the same "
            + "on every node")
    let levelSeconds = Setting.number(
        "cluster.level_delay", in: 1...2_592_000, default: 86_400,
        text: "Seconds after which a level of the log that all nodes know is put in force by itself; until then a node "
            + "can go back to the version before")
    let etcdPath = Setting.text(
        "cluster.etcd", default: "/usr/bin/etcd",
        text: "The etcd the daemon starts for itself where the node has a vote")
    let etcdUser = Setting.text(
        "cluster.etcd_user", default: EtcdAccount.usual, text: "User etcd runs as when the daemon is root")
    let etcdEndpoints = Setting.list(
        "cluster.etcd_endpoints", of: "addresses such as 10.10.10.21:2379",
        text: "An etcd of somebody else that is used in place of one of the daemon's own; its members are never "
            + "changed",
        element: { Settings.endpoint($0) })
    let etcdCredentials = Setting.optionalText(
        "cluster.etcd_credentials", allowed: "an absolute path", unset: "the node's own certificate",
        text: "Folder with client.pem, client.key and authority.pem for that etcd, which only root and the daemon may "
            + "write",
        accepts: { $0.hasPrefix("/") })

    // MARK: The daemon

    let shutdownSeconds = Setting.number(
        "shutdown.seconds", in: 0...86_400_000, allowed: "0 or more", default: 30,
        text: "How long running commands may take to end when the daemon is stopped")
    let logLevel = Setting.choice("log.level", default: Logger.Level.info, text: "The lowest level that is logged")
    let logFormat = Setting.choice("log.format", default: LogFormat.text, text: "Form of the log on standard error")
}

extension Settings {
    /// The settings of this version.
    static let declared = Settings()

    /// All of them, in the order of their declaration.
    static let all: [any AnySetting] = Mirror(reflecting: declared).children.compactMap { $0.value as? any AnySetting }

    /// Keys of earlier versions: what they said is not needed any more, and an installation that has them starts.
    static let obsolete: Set = [
        "limits.requests_per_second", "limits.requests_burst", "limits.submissions_per_second",
        "limits.submissions_burst",
    ]

    /// What stands for no socket in the place of its path.
    static let noSocket = "none"

    /// What stands for no collector of audit records in the place of one.
    static let noDestination = "none"

    /// When databases whose server ended unasked are started again.
    enum DatabaseRestart: String, CaseIterable, Sendable {
        case crash
        case never
    }

    /// How lines of the log are written.
    enum LogFormat: String, CaseIterable, Sendable {
        case text
        case json
    }

    /// The variable of the environment that sets a key.
    static func variable(_ name: String) -> String { "CONFD_" + name.uppercased().replacing(".", with: "_") }

    /// Scheme, host and port in the form browsers send; never a wildcard.
    private static func origin(_ text: String) -> String? {
        guard let url = URL(string: text), let scheme = url.scheme, let host = url.host(), !host.isEmpty,
            ["https", "http"].contains(scheme), !host.contains("*"),
            text == "\(scheme)://\(host)\(url.port.map { ":\($0)" } ?? "")".lowercased()
        else { return nil }
        return text
    }

    private static func address(_ text: String) -> Bool { JoinPlace(address: text, port: 1) != nil }

    /// A name or an address, a colon and a port; IPv6 in brackets.
    private static func endpoint(_ text: String) -> EtcdEndpoint? {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (1...65_535).contains(port)
        else { return nil }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        let isHost = host.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"/[]@".utf8.contains($0) }
        return isHost && !host.isEmpty ? EtcdEndpoint(host: host, port: port) : nil
    }

    private static func seconds(_ time: Duration) -> Int { Int(time.components.seconds) }

    /// An absolute path that is not the root and leads nowhere back.
    private static func folder(_ path: String) -> String? {
        let isPlain =
            path.hasPrefix("/") && path.split(separator: "/").allSatisfy { $0 != "." && $0 != ".." }
            && !path.allSatisfy { $0 == "/" }
        return isPlain ? path : nil
    }
}
