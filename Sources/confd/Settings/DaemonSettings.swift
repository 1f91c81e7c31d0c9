import Foundation
import Logging

/// The settings of this machine's daemon, resolved and checked; against these stands the configuration of the cluster.
struct DaemonSettings {
    /// The directory that stands for `/exa`.
    let root: String
    let resolved: [SettingsReader.Resolved]

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
        let settings = DaemonSettings(root: directory, resolved: resolved)
        try settings.check()
        return settings
    }

    private func text(_ name: String) -> String {
        resolved.first { $0.key.name == name }?.text ?? ""
    }

    private func number(_ name: String) -> Int? { Int(text(name)) }

    var port: Int? { number("http.port") }
    var bindAddress: String { text("http.bind") }
    var pagesDirectory: String { text("http.pages") }
    var maxConnections: Int { number("http.max_connections") ?? 10_000 }
    var nodeID: Int? { number("node.id") }
    var pamService: String { text("pam.service") }
    var pamDirectory: String? { text("pam.directory").isEmpty ? nil : text("pam.directory") }
    var cacheLifetime: Duration { .seconds(number("access.cache_seconds") ?? 60) }
    var failureFloor: Duration { .milliseconds(number("access.failure_milliseconds") ?? 1000) }
    var queueLimit: Int { number("jobs.queue_limit") ?? 100_000 }
    var shutdownTime: Duration { .seconds(number("shutdown.seconds") ?? 30) }
    var logLevel: Logger.Level { Logger.Level(rawValue: text("log.level")) ?? .info }
    var logsJSON: Bool { text("log.format") == "json" }

    private func check() throws(Failure) {
        try check("http.port", port.map { (0...65_535).contains($0) } ?? true, "0 to 65535")
        for name in ["http.max_connections", "jobs.queue_limit"] {
            try check(name, number(name).map { $0 > 0 } ?? true, "a number above 0")
        }
        for name in ["access.cache_seconds", "access.failure_milliseconds", "shutdown.seconds"] {
            try check(name, number(name).map { (0...86_400_000).contains($0) } ?? true, "0 or more")
        }
        try check("log.level", Logger.Level(rawValue: text("log.level")) != nil, "a level such as info")
        try check("log.format", ["text", "json"].contains(text("log.format")), "text or json")
    }

    private func check(_ name: String, _ isRight: Bool, _ allowed: String) throws(Failure) {
        if !isRight {
            throw Failure("The setting '\(name)' is '\(text(name))'; it has to be \(allowed).", .badSettings)
        }
    }
}
