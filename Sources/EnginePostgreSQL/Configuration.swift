import Foundation

/// The settings of an instance, made anew from the request at each start: nothing edited by hand survives.
struct Configuration: Sendable {
    private let request: EngineRequest

    /// Reads the start parameters.
    ///
    /// - Throws: `invalid` for one that is not `-name=value`, `unsupported` for one PostgreSQL or this engine does not
    ///   take; all of them are named.
    init(_ request: EngineRequest) async throws(EngineError) {
        self.request = request
        let known = try await Self.settings()
        var unknown: [String] = []
        for parameter in request.database.params {
            let (name, _) = try Self.parts(of: parameter)
            if !known.contains(name) || Self.ours.contains(name) { unknown.append("-" + name) }
        }
        guard unknown.isEmpty else {
            throw EngineError(
                .unsupported, "PostgreSQL does not take these start parameters: \(unknown.joined(separator: ", ")).")
        }
    }

    /// Settings that follow from the configuration of the cluster, or would let the server leave its place.
    private static let ours: Set<String> = [
        "port", "listen_addresses", "unix_socket_directories", "data_directory", "hba_file", "ident_file",
        "config_file", "external_pid_file", "logging_collector", "log_directory", "log_filename",
        "archive_command", "archive_library", "restore_command", "archive_cleanup_command", "recovery_end_command",
        "ssl_passphrase_command", "shared_preload_libraries", "local_preload_libraries", "session_preload_libraries",
        "dynamic_library_path", "fsync", "full_page_writes",
    ]

    private static func parts(of parameter: String) throws(EngineError) -> (name: String, value: String) {
        guard parameter.hasPrefix("-"), let equals = parameter.firstIndex(of: "=") else {
            throw EngineError(.invalid, "'\(parameter)' is no start parameter: write -name=value.")
        }
        let name = parameter[..<equals].drop { $0 == "-" }
        guard !name.isEmpty, name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }) else {
            throw EngineError(.invalid, "'\(parameter)' is no start parameter: write -name=value.")
        }
        return (name.lowercased(), String(parameter[parameter.index(after: equals)...]))
    }

    /// Every setting this PostgreSQL knows.
    private static func settings() async throws(EngineError) -> Set<String> {
        let lines = try await Program.server.succeed(["--describe-config"])
        return Set(lines.split(separator: "\n").compactMap { $0.split(separator: "\t").first.map(String.init) })
    }

    /// Writes the settings and who may log in.
    func write(to directory: String) throws(EngineError) {
        do {
            try text.write(toFile: directory + "/confd.conf", atomically: true, encoding: .utf8)
            try access.write(toFile: directory + "/pg_hba.conf", atomically: true, encoding: .utf8)
            try "include = 'confd.conf'\n"
                .write(toFile: directory + "/postgresql.conf", atomically: true, encoding: .utf8)
            try Data().write(to: URL(filePath: directory + "/postgresql.auto.conf"))
        } catch {
            throw EngineError(.failed, "The settings could not be written: \(error.localizedDescription)")
        }
    }

    private var text: String {
        var settings: [(String, String)] = [
            ("port", String(request.database.port)),
            (
                "listen_addresses",
                request.database.addresses.isEmpty ? "*" : request.database.addresses.joined(separator: ",")
            ),
            ("unix_socket_directories", request.paths.run),
            ("unix_socket_permissions", "0700"),
            ("password_encryption", "scram-sha-256"),
            ("log_destination", "stderr"),
            ("logging_collector", "off"),
            ("log_line_prefix", "%m [%p] "),
            ("cluster_name", request.database.name),
            // A full backup streams the log along with the data: two senders for one backup, and a spare pair.
            ("max_wal_senders", "4"),
        ]
        if let bytes = request.database.memoryBytes {
            // PostgreSQL's own advice: a quarter for its buffers, the rest for the operating system's.
            settings.append(("shared_buffers", "\(max(16, bytes / 4 / 1_048_576))MB"))
            settings.append(("effective_cache_size", "\(max(32, bytes / 4 * 3 / 1_048_576))MB"))
        }
        if request.options.auditing == true { settings.append(("log_statement", "all")) }
        if request.options.maintenance == true { settings.append(("default_transaction_read_only", "on")) }
        for parameter in request.database.params {
            if let (name, value) = try? Self.parts(of: parameter) { settings.append((name, value)) }
        }
        return settings.map { "\($0) = \(Instance.literal($1))\n" }.joined()
    }

    /// The database an instance was configured for, as the settings in its directory say; `nil` when they do not.
    static func databaseName(in directory: String) -> String? {
        let settings = try? String(contentsOfFile: directory + "/confd.conf", encoding: .utf8)
        // The first one is the engine's own; a start parameter of that name follows it.
        let line = settings?.split(separator: "\n").first { $0.hasPrefix("cluster_name = '") && $0.hasSuffix("'") }
        return line.map { String($0.dropFirst("cluster_name = '".count).dropLast()).replacing("''", with: "'") }
    }

    /// The administrator comes over the socket, as the user this engine runs as; everybody else shows a password.
    private var access: String {
        """
        local all \(Instance.administrator) peer map=confd
        local replication \(Instance.administrator) peer map=confd
        local all all scram-sha-256
        host all \(Instance.administrator) all reject
        host all all all scram-sha-256

        """
    }

    /// Which user of the machine is the administrator.
    static func writeMap(to directory: String) throws(EngineError) {
        do {
            try "confd \(NSUserName()) \(Instance.administrator)\n"
                .write(toFile: directory + "/pg_ident.conf", atomically: true, encoding: .utf8)
        } catch {
            throw EngineError(.failed, "The user map could not be written: \(error.localizedDescription)")
        }
    }
}
