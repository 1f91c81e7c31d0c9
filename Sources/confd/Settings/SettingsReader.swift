import Configuration
import Foundation
import SystemPackage
import Yams

/// Resolves settings: defaults < file < environment < flags.
///
/// An unknown key, or a value of the wrong type, stops the start and is named.
struct SettingsReader {
    /// Where a value came from, and what it is.
    struct Resolved {
        let key: SettingKey
        let text: String
        let source: String
    }

    private let sources: [(name: String, provider: any ConfigProvider)]

    /// - Parameters:
    ///   - flags: Values of the command line, by key.
    ///   - file: The settings file; need not exist.
    /// - Throws: ``Failure`` naming the key or file at fault.
    init(flags: [String: String], environment: [String: String], file: String) async throws(Failure) {
        try Self.refuseUnknown(environment.keys.filter { $0.hasPrefix("CONFD_") }, of: "the environment") { key in
            key.variable
        }
        var sources: [(String, any ConfigProvider)] = [
            ("flag", Self.provider(of: flags)),
            ("environment", EnvironmentVariablesProvider(environmentVariables: environment).prefixKeys(with: "confd")),
        ]
        if FileManager.default.fileExists(atPath: file) {
            try Self.checkFile(file)
            do {
                sources.append((file, try await FileProvider<YAMLSnapshot>(filePath: FilePath(file))))
            } catch {
                throw Failure("The settings file \(file) cannot be read: \(error)", .badSettings)
            }
        }
        self.sources = sources
    }

    private static func provider(of flags: [String: String]) -> InMemoryProvider {
        var values: [AbsoluteConfigKey: ConfigValue] = [:]
        for key in SettingKey.all {
            guard let text = flags[key.name] else { continue }
            let content = key.kind == .number ? Int(text).map { ConfigContent.int($0) } : nil
            values[key.path] = ConfigValue(content ?? .string(text), isSecret: false)
        }
        return InMemoryProvider(values: values)
    }

    /// Variables of ours that are no settings: of the client, and for `init`.
    private static let otherVariables: Set<String> = [
        "CONFD_ADMIN_PASSWORD", "CONFD_HOST", "CONFD_SOCKET", "CONFD_USER", "CONFD_PASSWORD", "CONFD_TOKEN",
        "CONFD_CREDENTIALS", "CONFD_CACERT", "CONFD_INSECURE", "CONFD_SHARED", "CONFD_BENCH",
    ]

    private static func refuseUnknown(
        _ names: [String], of place: String, spelling: (SettingKey) -> String
    ) throws(Failure) {
        let known = Set(SettingKey.all.map(spelling)).union(otherVariables)
        guard let unknown = names.filter({ !known.contains($0) }).min() else { return }
        throw Failure("'\(unknown)' in \(place) is no setting. 'confd settings' lists them.", .badSettings)
    }

    private static func checkFile(_ file: String) throws(Failure) {
        do {
            let text = try String(contentsOfFile: file, encoding: .utf8)
            try refuseUnknown(keys(of: try Yams.load(yaml: text), below: []), of: file) { $0.name }
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure("The settings file \(file) cannot be read: \(error)", .badSettings)
        }
    }

    private static func keys(of node: Any?, below path: [String]) -> [String] {
        guard let members = node as? [String: Any] else { return path.isEmpty ? [] : [path.joined(separator: ".")] }
        return members.flatMap { keys(of: $0.value, below: path + [$0.key]) }
    }

    /// The value of a key.
    ///
    /// - Throws: ``Failure`` naming key and source of a value of the wrong type.
    func resolve(_ key: SettingKey) throws(Failure) -> Resolved {
        for (source, provider) in sources {
            do {
                guard let found = try provider.value(forKey: key.path, type: key.type).value else { continue }
                return Resolved(key: key, text: try Self.text(found.content, key), source: source)
            } catch {
                throw Failure(
                    "The setting '\(key.name)' from \(source) has to be a \(key.kind.rawValue).", .badSettings)
            }
        }
        return Resolved(key: key, text: key.fallback, source: "default")
    }

    private struct WrongType: Error {}

    private static func text(_ content: ConfigContent, _ key: SettingKey) throws(WrongType) -> String {
        switch content {
        case .string(let text):
            if key.kind == .number, Int(text) == nil { throw WrongType() }
            return text
        case .int(let number): return String(number)
        case .bool(let truth): return String(truth)
        default: throw WrongType()
        }
    }
}

extension SettingKey {
    fileprivate var path: AbsoluteConfigKey { AbsoluteConfigKey(name.split(separator: ".").map(String.init)) }

    fileprivate var type: ConfigType {
        switch kind {
        case .text: .string
        case .number: .int
        case .truth: .bool
        }
    }
}
