import Foundation

/// The settings of this machine's daemon, resolved and checked; against these stands the configuration of the cluster.
///
/// A value is `settings[\.port]`, by the name of its declaration in ``Settings``. What is made of several values, or
/// depends on the machine, has a name of its own.
struct DaemonSettings {
    /// The directory that stands for `/exa`.
    let root: String
    /// Every setting, in the order of their declaration.
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
        for setting in Settings.all { resolved.append(try reader.resolve(setting)) }
        let settings = DaemonSettings(
            root: directory, resolved: resolved, obsolete: reader.obsolete, unknownVariables: reader.unknownVariables)
        try settings.check()
        return settings
    }

    /// The value of a setting.
    subscript<Content>(_ path: KeyPath<Settings, Setting<Content>>) -> Content {
        let setting = Settings.declared[keyPath: path]
        // Every value is of its form, or nothing was started with it.
        return setting.read(text(of: setting)) ?? setting.fallback
    }

    /// Whether the daemon starts databases again that crashed.
    var restartsDatabases: Bool { self[\.hasSchedules] && self[\.databaseRestart] == .crash }

    /// Whether the daemon makes a new certificate in time where it made the former one.
    var renewsCertificates: Bool { self[\.hasSchedules] && self[\.certificateRenewal] }

    /// What the start is stopped with when this machine has not what a setting says.
    func refusal<Content>(of path: KeyPath<Settings, Setting<Content>>) -> Failure {
        let setting = Settings.declared[keyPath: path]
        return setting.refusal(of: text(of: setting))
    }

    private func text(of setting: some AnySetting) -> String {
        resolved.first { $0.setting.name == setting.name }?.text ?? setting.defaultText
    }

    private func check() throws(Failure) {
        for entry in resolved where !entry.setting.accepts(entry.text) { throw entry.setting.refusal(of: entry.text) }
        _ = try localSocket()
        _ = try clusterPorts()
        _ = try notifications()
    }
}
