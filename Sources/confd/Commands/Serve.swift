import ArgumentParser
import EXAConf
import Foundation

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the daemon.",
        discussion: """
            Prints one line 'ready https://<address>:<port>' on standard output once it serves; logs go to standard \
            error. An empty root is filled with a fresh one-node cluster first.
            """)

    @OptionGroup var options: RootOptions
    @Option(help: "Port, instead of XMLRPCPort of EXAConf.")
    var port: Int?
    @Option(help: "Address to listen on.")
    var bind: String?
    @Option(help: "text or json.")
    var logFormat: String?

    func run() async throws {
        try await reporting {
            let settings = try await DaemonSettings.read(root: options.root, flags: flags)
            let installation = Installation(settings)
            if installation.isEmpty {
                var fresh = Initialize.fresh()
                if let port = settings[\.port], port > 0 { fresh.cluster.xmlRPCPort = port }
                Initialize.report(try fresh.make(in: installation, pamService: settings[\.pamService]))
            }
            try await Daemon(settings, installation).run()
        }
    }

    private var flags: [String: String] {
        let settings = Settings.declared
        var flags: [String: String] = [:]
        flags[settings.port.name] = port.map(String.init)
        flags[settings.bindAddress.name] = bind
        flags[settings.logFormat.name] = logFormat
        return flags
    }
}
