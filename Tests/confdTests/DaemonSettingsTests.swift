import Access
import Foundation
import HTTPServer
import Support
import Testing

@testable import confd

/// Which value a setting has, and which values stop the start.
struct DaemonSettingsTests {
    /// Settings of a folder of their own, whose `confd.yaml` has this text.
    private func settings(
        _ file: String? = nil, flags: [String: String] = [:], environment: [String: String] = [:]
    ) async throws -> DaemonSettings {
        let root = FileManager.default.temporaryDirectory.appending(path: "confd-settings-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: root.appending(path: "etc"), withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: root) }
        if let file { try Data(file.utf8).write(to: root.appending(path: "etc/confd.yaml")) }
        return try await DaemonSettings.read(root: root.path, flags: flags, environment: environment)
    }

    private func refusal(
        _ file: String? = nil, flags: [String: String] = [:], environment: [String: String] = [:]
    ) async throws -> String? {
        do {
            _ = try await settings(file, flags: flags, environment: environment)
            return nil
        } catch let failure as Failure {
            #expect(failure.code == .badSettings)
            return failure.description
        }
    }

    @Test func whatIsSaidNowhereHasItsDefault() async throws {
        let settings = try await settings()
        #expect(settings.resolved.map { $0.setting.name } == Settings.all.map { $0.name })
        #expect(settings.resolved.allSatisfy { $0.source == "default" && $0.text == $0.setting.defaultText })
        #expect(settings.obsolete.isEmpty && settings.unknownVariables.isEmpty)
    }

    @Test func everyDeclarationIsListedOnceAndAcceptsItsDefault() {
        #expect(Settings.all.count == Mirror(reflecting: Settings.declared).children.count)
        #expect(Set(Settings.all.map { $0.name }).count == Settings.all.count)
        for setting in Settings.all {
            #expect(setting.accepts(setting.defaultText), "\(setting.name)")
            #expect(!setting.defaultText.isEmpty || setting.unset != nil, "\(setting.name)")
            #expect(!Settings.obsolete.contains(setting.name), "\(setting.name)")
        }
    }

    @Test func whatIsSetHasTheTypeOfItsDeclaration() async throws {
        let settings = try await settings(
            """
            http: {port: 0, socket: none, allowed_origins: 'https://a.example.com http://b.example.com:8080'}
            archives: {local_addresses: '127.0.0.1 10.0.0.0/8'}
            databases: {restart: never}
            log: {level: debug, format: json}
            schedules: {enabled: false}
            """)
        #expect(settings[\.port] == 0 && settings[\.nodeID] == nil)
        #expect(try settings.localSocket() == nil)
        #expect(settings[\.allowedOrigins] == ["https://a.example.com", "http://b.example.com:8080"])
        #expect(settings[\.archiveAddresses].map { "\($0)" } == ["127.0.0.1", "10.0.0.0/8"])
        #expect(settings[\.databaseRestart] == .never && !settings.restartsDatabases)
        #expect("\(settings[\.logLevel])" == "debug" && settings[\.logFormat] == .json)
        #expect(settings.connectionLimits.share == settings[\.maxConnections] / 4)
        #expect(settings.loginPolicy.lockout.sparesLoopback && !settings.proxies.covers("127.0.0.1"))
        #expect(settings.memoryLimits.total == 256 << 20)
    }

    @Test func proxiesAreAddressesAndNetworks() async throws {
        let settings = try await settings("http: {trusted_proxies: '10.1.0.0/16 2001:db8::7'}\n")
        let covered = ["10.1.2.3", "::ffff:10.1.0.1", "2001:db8::7", "10.2.0.1", "2001:db8::8", "local", ""]
            .filter(settings.proxies.covers)
        #expect(covered == ["10.1.2.3", "::ffff:10.1.0.1", "2001:db8::7"])
        #expect(!settings.loginPolicy.lockout.sparesLoopback)
    }

    @Test func flagsGoBeforeVariablesAndThoseBeforeTheFile() async throws {
        let file = "http: {port: 1001, bind: '10.0.0.1'}\njobs: {queue_limit: 5}\n"
        let variables = ["CONFD_HTTP_PORT": "1002", "CONFD_HTTP_BIND": "10.0.0.2"]
        let settings = try await settings(file, flags: ["http.port": "1003"], environment: variables)
        #expect((settings[\.port], settings[\.bindAddress], settings[\.queueLimit]) == (1003, "10.0.0.2", 5))
        let sources = Dictionary(uniqueKeysWithValues: settings.resolved.map { ($0.setting.name, $0.source) })
        #expect(sources["http.port"] == "flag" && sources["http.bind"] == "environment")
        #expect(sources["jobs.queue_limit"]?.hasSuffix("/etc/confd.yaml") == true)
    }

    @Test(arguments: ["", "http:\n", "# nothing\n", "~\n"]) func aFileThatSetsNothingIsFine(file: String) async throws {
        #expect(try await settings(file).resolved.allSatisfy { $0.source == "default" })
    }

    @Test(arguments: [
        ("http: {prot: 1}", "'http.prot' in "), ("http: {port: many}", "'http.port' from "),
        ("- a", "names with values"),
        ("http: {port: 70000}", "'http.port' is '70000'; it has to be 0 to 65535"), ("a: [", "cannot be read"),
        ("schedules: {enabled: perhaps}", "'schedules.enabled' from "), ("jobs: {queue_limit: 0}", "a number above 0"),
        ("log: {level: loud}", "'log.level' is 'loud'"), ("databases: {restart: always}", "crash or never"),
        ("http: {allowed_origins: 'https://*.example.com'}", "origins such as"),
        ("history: {keep_seconds: -1}", "0 or more"),
    ])
    func aWrongFileStopsTheStartAndIsNamed(file: String, part: String) async throws {
        let text = try #require(try await refusal(file))
        #expect(text.contains(part), "\(text)")
    }

    @Test func anUnknownVariableIsToldAndStopsNothing() async throws {
        let variables = ["CONFD_HTTP_PROT": "1", "CONFD_ADMIN_PASSWORD": "x", "CONFD_CLIENT_HOST": "x", "PATH": "/bin"]
        #expect(try await settings(environment: variables).unknownVariables == ["CONFD_HTTP_PROT"])
    }

    @Test func aVariableOfTheWrongTypeStopsTheStart() async throws {
        let text = try await refusal(environment: ["CONFD_HTTP_PORT": "many"])
        #expect(text == "The setting 'http.port' from environment has to be a whole number.")
    }

    @Test func keysOfEarlierVersionsAreToldWithTheirPlace() async throws {
        let name = try #require(Settings.obsolete.first)
        let settings = try await settings(
            "\(name.replacingOccurrences(of: ".", with: ":\n  ")): 5\n", environment: [Settings.variable(name): "5"])
        #expect(settings.obsolete.map(\.spelling) == [Settings.variable(name), name])
        #expect(settings.unknownVariables.isEmpty)
    }

    @Test(.enabled(if: geteuid() == 0)) func aFileOthersCanChangeIsNotUsed() async throws {
        try await withUnguarded("http: {port: 1}\n") { (root) async throws in
            await #expect(throws: Failure.self) { try await DaemonSettings.read(root: root, environment: [:]) }
        }
    }

    private func withUnguarded(_ text: String, _ body: (String) async throws -> Void) async throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "confd-settings-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: root.appending(path: "etc"), withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: root) }
        let file = root.appending(path: "etc/confd.yaml")
        try Data(text.utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: file.path)
        try await body(root.path)
    }
}
