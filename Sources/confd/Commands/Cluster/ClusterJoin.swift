import ArgumentParser
import NodeAgent
import PeerLink
import Values

struct ClusterJoin: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "join", abstract: "Have this machine become a node of a cluster that invited it.",
        discussion: """
            Looks at everything that could be in the way before it changes anything, gets a certificate, starts the daemon \
            and follows it until the node is one like any other. Who is interrupted runs it again with the same token. \
            'confd serve --join TOKEN' does the same in one process, such as in a container. What stands on a command line \
            is seen by everybody on the machine and stays in the history of the shell: '-' has the token read from \
            standard input, and without one it is taken from CONFD_CLUSTER_JOIN. A token for a witness makes the machine one: \
            it is followed until its daemon runs, and has its vote when there are two nodes.
            """)

    @OptionGroup var options: RootOptions
    @Argument(help: "What 'confd cluster invite' printed; '-' to read it from standard input.")
    var token: String?
    @Flag(help: "Move configuration and history of this machine to etc/before-join; volumes and databases stay.")
    var replace = false

    func run() async throws {
        try await reporting {
            guard let token = try JoinToken.read(token) else {
                throw Failure("An invitation is needed: its token, '-', or \(JoinToken.variable).", .validationFailure)
            }
            let settings = try await DaemonSettings.read(root: options.root)
            let installation = Installation(settings)
            let entry = JoinEntry(settings, installation) { StandardOutput.write($0 + "\n") }
            try await entry.join(token, replacing: replace)
            if WitnessRoot(settings) != nil { return try await WitnessFollowing(installation).run() }
            try await JoinFollowing(settings, installation).run()
        }
    }
}

/// Starts the daemon of a machine that has become a member, and follows what it says until it is a node like any other.
struct JoinFollowing {
    /// How long a daemon may take until it answers on its socket: it has the state of the cluster by then.
    private static let patience = Duration.seconds(600)

    private let settings: DaemonSettings
    private let installation: Installation

    init(_ settings: DaemonSettings, _ installation: Installation) {
        (self.settings, self.installation) = (settings, installation)
    }

    /// - Throws: ``Failure`` with the exit code of what kept it from being one, or when somebody has to start the daemon.
    func run() async throws {
        try startDaemon()
        let end = ContinuousClock.now + Self.patience
        var (next, hasAnswered) = (0, false)
        while true {
            try await Task.sleep(for: .milliseconds(200))
            let answer: Value
            do throws(Failure) {
                answer = try RunningDaemon(settings).get("/cluster/joining?from=\(next)")
            } catch {
                // It is on its way up; one that had answered and does not any more has ended.
                guard !hasAnswered, ContinuousClock.now < end else {
                    throw Failure(
                        "The daemon does not answer: \(error.description) It goes on with the join at its next start; "
                            + "'journalctl -u confd' says what was in its way.", .notYet)
                }
                continue
            }
            hasAnswered = true
            let lines = (answer["lines"]?.list ?? []).compactMap(\.string)
            for line in lines { StandardOutput.write(line + "\n") }
            next += lines.count
            guard answer["done"]?.bool == true else { continue }
            if let refusal = answer["refusal"]?.string {
                throw Failure(refusal, ExitCode(Int32(clamping: answer["exit_code"]?.int ?? 1)))
            }
            if let sentence = answer["sentence"]?.string, !sentence.isEmpty { StandardOutput.write(sentence + "\n") }
            return
        }
    }

    /// By systemd, where the package's unit is for this root.
    private func startDaemon() throws(Failure) {
        let unit = DaemonUnit(installation)
        guard unit.isThere else {
            throw Failure(
                "This machine is a member now, and nobody waits for it until its daemon has run. Start it: confd serve "
                    + "--root \(installation.root.directory). It goes on by itself: confd cluster status.", .notYet)
        }
        try unit.start()
    }
}
