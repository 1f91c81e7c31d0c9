import ArgumentParser

/// The daemon's command line.
@main
struct Confd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "confd",
        abstract: "Configuration and administration daemon of a database cluster.",
        version: Version.text,
        subcommands: [
            Serve.self, Initialize.self, Check.self, Reload.self, JobFileCommand.self, ShowSettings.self,
            ResetPassword.self, VerifyPassword.self, OpenAPICommand.self,
        ])
}

/// The version of this software.
enum Version {
    static let text = "0.1.0"
}
