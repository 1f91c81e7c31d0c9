import ArgumentParser
import EXAConf
import Foundation

struct Initialize: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make a fresh one-node cluster: EXAConf, certificate, administrator.",
        discussion: """
            The administrator is 'admin'. The password comes from CONFD_ADMIN_PASSWORD; without it one is made up and \
            printed once.
            """)

    @OptionGroup var options: RootOptions
    @Option(help: "Name of the cluster.")
    var clusterName: String?
    @Option(help: "The node's address inside the cluster with its prefix, such as 10.10.10.11/24.")
    var nodeAddress: String?
    @Option(help: "Port of all APIs, XMLRPCPort in EXAConf.")
    var port: Int?

    func run() async throws {
        try await reporting {
            let settings = try await DaemonSettings.read(root: options.root)
            var fresh = Self.fresh()
            if let clusterName { fresh.cluster.clusterName = clusterName }
            if let nodeAddress { fresh.cluster.privateNet = nodeAddress }
            if let port { fresh.cluster.xmlRPCPort = port }
            Self.report(try fresh.make(in: Installation(settings), pamService: settings[\.pamService]))
        }
    }

    /// A fresh installation with the port version 8 publishes and the password of the environment.
    static func fresh() -> FreshInstallation {
        var fresh = FreshInstallation()
        fresh.cluster.xmlRPCPort = 20003
        fresh.password = ProcessInfo.processInfo.environment["CONFD_ADMIN_PASSWORD"]
        return fresh
    }

    static func report(_ outcome: FreshInstallation.Outcome) {
        let password = outcome.madeUpPassword.map { " with password \($0) (shown only now)" } ?? ""
        StandardError.write(
            "confd: a fresh cluster was made; the administrator is '\(outcome.administrator)'\(password)\n")
    }
}
