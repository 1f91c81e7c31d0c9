import NodeAgent
import PeerLink

/// Starts the daemon of a machine that has become the witness, and waits until it runs.
struct WitnessFollowing {
    private static let patience = Duration.seconds(30)

    private let installation: Installation

    init(_ installation: Installation) { self.installation = installation }

    /// - Throws: ``Failure`` when somebody has to start the daemon, or it does not run.
    func run() async throws {
        let unit = DaemonUnit(installation)
        guard unit.isThere else {
            throw Failure(
                "This machine is the witness now, and has a vote once its daemon runs. Start it: confd serve --root "
                    + "\(installation.root.directory). How it is says 'confd cluster status', here and on every node.",
                .notYet)
        }
        try unit.start()
        let end = ContinuousClock.now + Self.patience
        while try InstallationLock.holder(of: installation) == nil {
            guard ContinuousClock.now < end else {
                throw Failure("The daemon does not run: 'journalctl -u confd' says what was in its way.", .notYet)
            }
            try await Task.sleep(for: .milliseconds(200))
        }
        StandardOutput.write("The witness runs; 'confd cluster status' says on every node whether it has its vote.\n")
    }
}
