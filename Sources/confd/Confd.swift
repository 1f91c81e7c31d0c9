import ArgumentParser

/// The daemon's command line.
@main
struct Confd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "confd",
        abstract: "Configuration and administration daemon of a database cluster.",
        version: Version.text,
        subcommands: [
            Serve.self, Initialize.self, Check.self, Reload.self, JobFileCommand.self, AuditCommand.self,
            ShowSettings.self, ClusterCommand.self,
            ResetPassword.self, VerifyPassword.self, Unpack.self, OpenAPICommand.self,
        ])

    static func main() async {
        // First of all: a file that is opened later must not take the place of a stream that was closed.
        StandardStreams.occupyClosed()
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            // Help and version are output like any other.
            guard exitCode(for: error) == .success else { exit(withError: error) }
            let text = fullMessage(for: error)
            if !text.isEmpty { StandardOutput.write(text + "\n") }
        }
    }
}

/// The version of this software.
enum Version {
    static let text = "0.1.0"
    /// The levels of the cluster's log it knows: what may stand there.
    ///
    /// 1 is that of the first clusters. By 2 every member holds to the level in force: who decides writes nothing above it, brings
    /// no configuration to a later format, and follows nothing it does not know.
    static let levels = 1...2
}

/// The option every command has that works on an installation.
struct RootOptions: ParsableArguments {
    @Option(help: "The directory that stands for /exa. Default: /exa where it exists, else ./exa.")
    var root: String?
}
