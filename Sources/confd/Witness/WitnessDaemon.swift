import EtcdStore
import Glibc
import Logging
import NodeAgent
import PeerLink
import ServiceLifecycle
import UnixSignals

/// The daemon of a witness: its etcd, and what other members ask it. There is no store, no configuration and no interface.
struct WitnessDaemon {
    private let settings: DaemonSettings
    private let installation: Installation
    private let logger: Logger

    init(_ settings: DaemonSettings, _ installation: Installation) {
        (self.settings, self.installation) = (settings, installation)
        logger = settings.makeLogger()
    }

    /// Runs until it is told to stop, or is a member no more.
    ///
    /// - Throws: ``Failure`` also with when it was removed, and how it comes back.
    func run() async throws {
        guard let root = WitnessRoot(settings) else {
            throw Failure("This machine is no witness.", .badData)
        }
        // There is nothing to be read again.
        signal(SIGHUP, SIG_IGN)
        try installation.makeFolders()
        let lock = try InstallationLock(installation)
        defer { lock.release() }
        // The rest of its way into the cluster is for nodes.
        do throws(MemberFileFault) {
            try root.folder.write(JoinProgress?.none)
        } catch {
            throw Failure(error)
        }
        let link = try MemberLink(root.file, of: installation, logger: logger)
        let outcome: Result<WitnessService.End, any Error>
        do {
            let etcd = try NodeEtcd(link, settings: settings, logger: logger)
            let service = WitnessService(link, etcd: etcd, logger: logger)
            do {
                try await run(service)
                outcome = .success(service.end)
            } catch {
                outcome = .failure(error)
            }
            await etcd.client.close()
        } catch {
            outcome = .failure(error)
        }
        await link.caller.close()
        switch try outcome.get() {
        case .stopped: return
        case .removed(let notice):
            // Who asked to go has nothing of the cluster afterwards; who was removed is looked at by somebody.
            guard (try? root.folder.leaving()) ?? nil != nil else { throw Failure(notice, .badData) }
            try await root.clear()
        }
    }

    private func run(_ service: WitnessService) async throws {
        var configuration = ServiceGroupConfiguration(
            services: [
                ServiceGroupConfiguration.ServiceConfiguration(
                    service: service, successTerminationBehavior: .gracefullyShutdownGroup,
                    failureTerminationBehavior: .gracefullyShutdownGroup)
            ], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(settings[\.shutdownSeconds])
        try await ServiceGroup(configuration: configuration).run()
    }
}
