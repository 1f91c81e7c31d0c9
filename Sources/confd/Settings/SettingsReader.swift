import Configuration
import Foundation
import Posix

/// Resolves settings: defaults < file < environment < flags.
///
/// An unknown key of the file or a flag, or a value of the wrong type, stops the start and is named; keys of earlier versions are
/// passed over. An unknown variable may be somebody else's: it is told and stops nothing.
struct SettingsReader {
    /// Where a value came from, and what it is.
    struct Resolved {
        let setting: any AnySetting
        let text: String
        let source: String
    }

    private let sources: [(name: String, provider: any ConfigProvider)]
    /// Keys of earlier versions that were found, as they are spelled there, with their place.
    let obsolete: [(spelling: String, place: String)]
    /// Variables of the environment that begin like ours and set nothing.
    let unknownVariables: [String]

    /// - Parameters:
    ///   - flags: Values of the command line, by key.
    ///   - file: The settings file; need not exist.
    /// - Throws: ``Failure`` naming the key or file at fault.
    init(flags: [String: String], environment: [String: String], file: String) async throws(Failure) {
        let variables = environment.keys.filter {
            $0.hasPrefix("CONFD_") && !$0.hasPrefix("CONFD_CLIENT_") && !Self.otherVariables.contains($0)
        }
        unknownVariables = Self.unknown(variables, spelling: Settings.variable).sorted()
        var obsolete = Self.obsolete(variables, of: "the environment", spelling: Settings.variable)
        var sources: [(String, any ConfigProvider)] = [
            ("flag", Self.provider(of: flags)),
            ("environment", EnvironmentVariablesProvider(environmentVariables: environment).prefixKeys(with: "confd")),
        ]
        if Path.exists(file) {
            let entries = try SettingsFile.entries(of: file)
            let names = entries.map(\.name)
            if let unknown = Self.unknown(names, spelling: { $0 }).min() {
                throw Failure("'\(unknown)' in \(file) is no setting. 'confd settings' lists them.", .badSettings)
            }
            obsolete += Self.obsolete(names, of: file) { $0 }
            sources.append((file, try Self.provider(of: entries, in: file)))
        }
        self.sources = sources
        self.obsolete = obsolete
    }

    private static func provider(of flags: [String: String]) -> InMemoryProvider {
        var values: [AbsoluteConfigKey: ConfigValue] = [:]
        for setting in Settings.all {
            guard let text = flags[setting.name] else { continue }
            let content = setting.kind == .number ? Int(text).map { ConfigContent.int($0) } : nil
            values[setting.path] = ConfigValue(content ?? .string(text), isSecret: false)
        }
        return InMemoryProvider(values: values)
    }

    /// Variables that are no settings and worth no warning: of `init`, and of the client beside its `CONFD_CLIENT_` ones.
    private static let otherVariables: Set<String> = [
        "CONFD_ADMIN_PASSWORD", "CONFD_HOST", "CONFD_PORT", "CONFD_SOCKET", "CONFD_USER", "CONFD_PASSWORD",
        "CONFD_TOKEN", JoinToken.variable,
        "CONFD_CREDENTIALS", "CONFD_CACERT", "CONFD_CERT", "CONFD_KEY", "CONFD_INSECURE", "CONFD_SHARED", "CONFD_BENCH",
    ]

    private static func unknown(_ names: [String], spelling: (String) -> String) -> [String] {
        let known = Set(Settings.all.map { spelling($0.name) }).union(Settings.obsolete.map(spelling))
        return names.filter { !known.contains($0) }
    }

    /// The names among those given that are of earlier versions.
    private static func obsolete(
        _ names: [String], of place: String, spelling: (String) -> String
    ) -> [(spelling: String, place: String)] {
        let obsolete = Set(Settings.obsolete.map(spelling))
        return names.filter(obsolete.contains).sorted().map { ($0, place) }
    }

    private static func provider(of entries: [SettingsFile.Entry], in file: String) throws(Failure) -> InMemoryProvider
    {
        var values: [AbsoluteConfigKey: ConfigValue] = [:]
        for setting in Settings.all {
            guard let entry = entries.first(where: { $0.name == setting.name }) else { continue }
            guard let content = entry.content(as: setting.kind) else { throw wrongType(setting, file) }
            values[setting.path] = ConfigValue(content, isSecret: false)
        }
        return InMemoryProvider(values: values)
    }

    private static func wrongType(_ setting: any AnySetting, _ source: String) -> Failure {
        Failure("The setting '\(setting.name)' from \(source) has to be a \(setting.kind.rawValue).", .badSettings)
    }

    /// The value of a setting.
    ///
    /// - Throws: ``Failure`` naming key and source of a value of the wrong type.
    func resolve(_ setting: any AnySetting) throws(Failure) -> Resolved {
        for (source, provider) in sources {
            do {
                guard let found = try provider.value(forKey: setting.path, type: setting.type).value else { continue }
                return Resolved(setting: setting, text: try Self.text(found.content, setting), source: source)
            } catch {
                throw Self.wrongType(setting, source)
            }
        }
        return Resolved(setting: setting, text: setting.defaultText, source: "default")
    }

    private struct WrongType: Error {}

    private static func text(_ content: ConfigContent, _ setting: any AnySetting) throws(WrongType) -> String {
        switch content {
        case .string(let text):
            if setting.kind == .number, Int(text) == nil { throw WrongType() }
            return text
        case .int(let number): return String(number)
        case .bool(let truth): return String(truth)
        default: throw WrongType()
        }
    }
}

extension AnySetting {
    fileprivate var path: AbsoluteConfigKey { AbsoluteConfigKey(name.split(separator: ".").map(String.init)) }

    fileprivate var type: ConfigType {
        switch kind {
        case .text: .string
        case .number: .int
        case .truth: .bool
        }
    }
}
