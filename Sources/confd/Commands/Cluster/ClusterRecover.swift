import ArgumentParser
import NodeAgent
import PeerLink
import SQLiteStore

struct ClusterRecover: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover", abstract: "Have the cluster go on from this node when most votes are lost for good.",
        discussion: """
            For root, with the daemon of this node stopped; databases run on. Shows what each node has that answers, and \
            what would be lost; asks for the name of the cluster; and begins a new generation of the log on what this \
            node has. Other nodes follow it by themselves, whenever they come, and votes are given again. Nodes that do \
            not answer are suspended. With --new-etcd, a cluster that is well is given a new etcd, as when its version \
            changes; changes wait for some seconds.
            """)

    @OptionGroup var options: RootOptions
    @Flag(help: "Give a cluster that is well a new etcd; no node is suspended.")
    var newEtcd = false
    @Option(help: "The name of the cluster, so that nothing is asked.")
    var yes: String?
    @Flag(help: "Go on here although another node has entries this one has not.")
    var losingEntries = false
    @Option(help: "The highest revision there ever was, where no node that answers knows it.")
    var revision = 0
    @Option(help: "The highest number of a job there ever was, 412 of job 11.412, where no node that answers knows it.")
    var job = 0

    func validate() throws {
        guard (0...1 << 50).contains(revision), (0...1 << 50).contains(job) else {
            throw ValidationError("A revision or a number of a job is at least 0.")
        }
        if newEtcd, losingEntries || revision > 0 || job > 0 {
            throw ValidationError("With --new-etcd nothing is lost: leave the other options out.")
        }
    }

    func run() async throws {
        try await reporting {
            let settings = try await DaemonSettings.read(root: options.root)
            let installation = Installation(settings)
            let lines = try await recover(settings, installation)
            StandardOutput.write(lines.map { $0 + "\n" }.joined())
            let unit = DaemonUnit(installation)
            guard unit.isThere else {
                return StandardOutput.write("Start the daemon: confd serve --root \(installation.root.directory)\n")
            }
            try unit.start()
        }
    }

    private func recover(
        _ settings: DaemonSettings, _ installation: Installation
    ) async throws(Failure) -> [String] {
        guard installation.hasStore else {
            throw Failure("No daemon ever ran on \(installation.root.directory); is --root right?", .badData)
        }
        guard try InstallationLock.holder(of: installation) == nil else {
            throw Failure(
                "A daemon runs on \(installation.root.directory): stop it first (systemctl stop confd). Databases run on.",
                .unavailable)
        }
        let lock = try InstallationLock(installation)
        defer { lock.release() }
        let logger = settings.makeLogger()
        let file = try Daemon.openStore(installation, logger)
        defer { try? file.close() }
        let recovery = try await ClusterRecovery(settings, installation, store: SQLiteStore(file), logger: logger)
        let known = ClusterRecovery.Known(revision: revision, job: job)
        return try await recovery.run(
            for: newEtcd ? .newEtcd : .recovery(losing: losingEntries), knowing: known
        ) { [yes] outlook throws(Failure) in
            StandardOutput.write(outlook.plan.lines.map { $0 + "\n" }.joined())
            try Self.confirm(outlook, told: yes)
        }
    }

    private static func confirm(_ outlook: ClusterRecovery.Outlook, told: String?) throws(Failure) {
        let answer: String?
        if let told {
            answer = told
        } else {
            StandardOutput.write(
                "To begin generation \(outlook.plan.generation) on node \(outlook.plan.own.node), type the name of the cluster "
                    + "(\(outlook.name)): ")
            answer = readLine(strippingNewline: true)
        }
        guard answer == outlook.name else {
            throw Failure("The cluster is called '\(outlook.name)': nothing was changed.", .validationFailure)
        }
    }
}
