import Foundation
import JobEngine
import Logging
import SQLiteStore
import Values

/// The settings of this machine's daemon, resolved and checked; against these stands the configuration of the cluster.
struct DaemonSettings {
    /// The directory that stands for `/exa`.
    let root: String
    let resolved: [SettingsReader.Resolved]
    /// Keys of earlier versions that were found, each with its place.
    let obsolete: [(spelling: String, place: String)]
    /// Variables of the environment that begin like ours and set nothing.
    let unknownVariables: [String]

    /// - Parameter flags: Values of the command line by key.
    /// - Throws: ``Failure`` for an unknown key, a wrong type or a value out of range.
    static func read(
        root: String?, flags: [String: String] = [:],
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) async throws(Failure) -> DaemonSettings {
        let directory = root ?? (FileManager.default.fileExists(atPath: "/exa") ? "/exa" : "./exa")
        let reader = try await SettingsReader(
            flags: flags, environment: environment, file: "\(directory)/etc/confd.yaml")
        var resolved: [SettingsReader.Resolved] = []
        for key in SettingKey.all { resolved.append(try reader.resolve(key)) }
        let settings = DaemonSettings(
            root: directory, resolved: resolved, obsolete: reader.obsolete, unknownVariables: reader.unknownVariables)
        try settings.check()
        return settings
    }

    func text(_ name: String) -> String {
        resolved.first { $0.key.name == name }?.text ?? ""
    }

    func number(_ name: String) -> Int? { Int(text(name)) }

    /// A number of which 0 means that there is no limit.
    private func limit(_ name: String) -> Int? { number(name).flatMap { $0 > 0 ? $0 : nil } }

    var port: Int? { number("http.port") }
    var bindAddress: String { text("http.bind") }
    var pagesDirectory: String { text("http.pages").isEmpty ? Self.shippedPages : text("http.pages") }
    /// Whether there is a page to serve.
    var hasPages: Bool { FileManager.default.isReadableFile(atPath: pagesDirectory + "/index.html") }
    var allowedOrigins: Set<String> { Set(text("http.allowed_origins").split(separator: " ").map(String.init)) }
    var hasOpenMetrics: Bool { text("metrics.open") == "true" }
    var maxConnections: Int { number("http.max_connections") ?? 10_000 }
    var maxConnectionsPerAddress: Int { number("http.max_connections_per_address") ?? max(1, maxConnections / 4) }
    var streamsPerUser: Int { number("http.streams_per_user") ?? 20 }
    var nodeID: Int? { number("node.id") }
    var pamService: String { text("pam.service") }
    var pamDirectory: String? { text("pam.directory").isEmpty ? nil : text("pam.directory") }
    var failureFloor: Duration { .milliseconds(number("access.failure_milliseconds") ?? 1000) }
    var queueLimit: Int { number("jobs.queue_limit") ?? 100_000 }
    /// - Parameter folder: Where the store is.
    func retention(on folder: String) -> RetentionPolicy {
        var policy = RetentionPolicy()
        policy.age = limit("history.keep_seconds").map { .seconds($0) }
        policy.count = limit("history.keep_jobs")
        let bytes = number("history.keep_bytes") ?? StoreSpace(folder).measured?.bounds.history
        policy.bytes = bytes.flatMap { $0 > 0 ? $0 : nil }
        return policy
    }
    var enginePath: String { text("engine.path").isEmpty ? Self.shippedEngine : text("engine.path") }
    var engineUser: String { text("engine.user") }
    var sysIsSuperuser: Bool { text("databases.sys_superuser") == "true" }
    /// Whether the daemon starts databases again that crashed.
    var restartsDatabases: Bool { hasSchedules && text("databases.restart") == "crash" }
    var hasSchedules: Bool { text("schedules.enabled") == "true" }
    var managesAccounts: Bool { text("accounts.manage") == "true" }
    var providerPath: String { text("provider.path") }
    var monitoringPath: String { text("monitoring.path") }
    var shutdownTime: Duration { .seconds(number("shutdown.seconds") ?? 30) }
    var logLevel: Logger.Level { Logger.Level(rawValue: text("log.level")) ?? .info }
    var logsJSON: Bool { text("log.format") == "json" }

    private func check() throws(Failure) {
        try check("http.port", port.map { (0...65_535).contains($0) } ?? true, "0 to 65535")
        for name in [
            "http.max_connections", "http.max_connections_per_address", "http.streams_per_user", "jobs.queue_limit",
        ] {
            try check(name, number(name).map { $0 > 0 } ?? true, "a number above 0")
        }
        for name in ["access.failure_milliseconds", "shutdown.seconds"] {
            try check(name, number(name).map { (0...86_400_000).contains($0) } ?? true, "0 or more")
        }
        for name in ["history.keep_seconds", "history.keep_jobs", "history.keep_bytes"] {
            try check(name, number(name).map { (0...1_000_000_000_000).contains($0) } ?? true, "0 or more")
        }
        try checkAccess()
        try checkPlaces()
        _ = try localSocket()
        try check(
            "http.allowed_origins", allowedOrigins.allSatisfy(Self.isOrigin),
            "origins such as https://admin.example.com, without a path, with blanks between them")
        for key in SettingKey.all where key.kind == .truth {
            try check(key.name, ["true", "false"].contains(text(key.name)), "true or false")
        }
        try check("databases.restart", ["crash", "never"].contains(text("databases.restart")), "crash or never")
        try check("log.level", Logger.Level(rawValue: text("log.level")) != nil, "a level such as info")
        try check("log.format", ["text", "json"].contains(text("log.format")), "text or json")
    }

    /// Scheme, host and port in the form browsers send; never a wildcard.
    private static func isOrigin(_ text: String) -> Bool {
        guard let url = URL(string: text), let scheme = url.scheme, let host = url.host(), !host.isEmpty,
            ["https", "http"].contains(scheme), !host.contains("*")
        else { return false }
        return text == "\(scheme)://\(host)\(url.port.map { ":\($0)" } ?? "")".lowercased()
    }

    func check(_ name: String, _ isRight: Bool, _ allowed: String) throws(Failure) {
        if !isRight {
            throw Failure("The setting '\(name)' is '\(text(name))'; it has to be \(allowed).", .badSettings)
        }
    }
}
