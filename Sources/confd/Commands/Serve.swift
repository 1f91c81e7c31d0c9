import ArgumentParser
import EXAConf
import Foundation
import NodeAgent
import PeerLink

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
    @Option(
        help: """
            Become a node of the cluster whose invitation this is, '-' for the one on standard input; without, that of \
            CONFD_CLUSTER_JOIN. Of no effect once that is done.
            """)
    var join: String?

    func run() async throws {
        try await reporting {
            let settings = try await DaemonSettings.read(root: options.root, flags: flags)
            let installation = Installation(settings)
            let folder = MemberFolder(root: installation.root.directory)
            // A container is started with the same words each time.
            if try Self.told({ () throws(MemberFileFault) in try folder.member() }) == nil {
                let entry = JoinEntry(settings, installation) { StandardError.write($0 + "\n") }
                if let join = try JoinToken.read(join) {
                    try await entry.join(join, replacing: false)
                } else {
                    try await entry.goOn()
                }
            }
            let member = try Self.told { () throws(MemberFileFault) in try folder.member() }
            if let member, member.isWitness { return try await WitnessDaemon(settings, installation).run() }
            let isMember = member != nil
            if installation.isEmpty, !isMember {
                var fresh = Initialize.fresh()
                if let port = settings[\.port], port > 0 { fresh.cluster.xmlRPCPort = port }
                Initialize.report(try fresh.make(in: installation, pamService: settings[\.pamService]))
            }
            try await Daemon(settings, installation).run()
        }
    }

    private static func told<Result>(
        _ work: () throws(MemberFileFault) -> Result
    ) throws(Failure) -> Result {
        do throws(MemberFileFault) {
            return try work()
        } catch {
            throw Failure(error)
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
