import Foundation

/// The settings of an instance, made anew from the request at each start: nothing edited by hand survives.
struct Configuration: Sendable {
    private let request: EngineRequest

    private let parameters: [StartParameter]

    /// Reads the start parameters.
    ///
    /// - Throws: `invalid` for one that is not `-name=value`, for a value PostgreSQL does not take, and for a folder of
    ///   sockets whose path is too long; `unsupported` for settings that are not for users. All of them are named.
    init(_ request: EngineRequest) async throws(EngineError) {
        self.request = request
        parameters = try StartParameter.all(request.database.params)
        try Self.checkSocket(request.paths.run)
        try await StartParameter.check(parameters)
    }

    /// The system takes no longer addresses of sockets.
    private static func checkSocket(_ folder: String) throws(EngineError) {
        let limit = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1 - "/.s.PGSQL.65535".utf8.count
        guard folder.utf8.count > limit else { return }
        throw EngineError(
            .invalid,
            "\(folder) is too long for the socket of a database, by \(folder.utf8.count - limit) letters: give it a "
                + "shorter name, or the installation a shorter path.")
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
            ("logging_collector", "on"),
            ("log_directory", request.paths.logs),
            ("log_filename", ServerLog.fileName),
            ("log_rotation_size", "\(ServerLog.fileMebibytes)MB"),
            ("log_rotation_age", "0"),
            ("log_truncate_on_rotation", "off"),
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
        settings += parameters.map { ($0.name, $0.value) }
        return settings.map { "\($0) = \(Quoting.setting($1))\n" }.joined()
    }

    /// The database an instance was configured for, as the settings in its directory say; `nil` when they do not.
    static func databaseName(in directory: String) -> String? {
        let settings = try? String(contentsOfFile: directory + "/confd.conf", encoding: .utf8)
        // The first one is the engine's own; a start parameter of that name follows it.
        let line = settings?.split(separator: "\n").first { $0.hasPrefix("cluster_name = ") }
        return line.map { Quoting.text(ofSetting: $0.dropFirst("cluster_name = ".count)) }
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
