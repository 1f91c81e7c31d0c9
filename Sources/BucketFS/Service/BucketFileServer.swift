package import Access
package import Certificates
package import EXAConf
import Glibc
import JobEngine
package import Logging
import ServiceLifecycle
import Synchronization

/// The file services of the configuration, each on its ports.
///
/// It follows the configuration: a new revision opens and closes ports and changes buckets and passwords, while all
/// other ports and connections go on. A port that cannot be had is tried again until it can.
package final class BucketFileServer: Service, RevisionObserver {
    private struct State {
        var plan = ServiceLayout.Plan()
        var listeners: [Endpoint: Listener] = [:]
        /// Why a port that should be open is not.
        var faults: [Endpoint: String] = [:]
    }

    /// Between two attempts to get a port.
    private static let pause = Duration.seconds(5)

    private let address: String
    private let layout: ServiceLayout
    private let certificate = ServerCertificate()
    private let desk: ServiceDesk
    private let time: any TimeSource
    private let logger: Logger
    private let state = Mutex(State())
    private let changes = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    /// - Parameters:
    ///   - address: Where all ports listen.
    ///   - roots: Where buckets may lie.
    package init(
        address: String, limits: FileServerLimits = FileServerLimits(), time: any TimeSource, logger: Logger,
        roots: PlaceRoots
    ) {
        self.address = address
        self.time = time
        self.logger = logger
        layout = ServiceLayout(roots: roots, givesAway: geteuid() == 0)
        desk = ServiceDesk(limits: limits, time: time, logger: logger)
    }

    /// What is not served as the configuration has it, and why; empty when all is well.
    package var faults: [String] {
        state.withLock { state in
            state.plan.notes
                + state.faults.map { "\($0.key) of \(state.plan.endpoints[$0.key]?.name ?? "nobody"): \($0.value)" }
                .sorted()
        }
    }

    /// Shows new HTTPS connections another certificate; clients are not asked for theirs.
    package func use(_ material: TLSMaterial) {
        do {
            try certificate.replace(with: material)
        } catch {
            logger.error("certificate of file services kept", metadata: ["cause": "\(error)"])
        }
    }

    /// Buckets and passwords count at once; ports follow in a moment.
    package func configurationChanged(to document: Document, revision: Int) async {
        let plan = layout.plan(document)
        let former = state.withLock { state in
            defer { state.plan = plan }
            state.faults = state.faults.filter { plan.endpoints[$0.key] != nil }
            return state.plan
        }
        for note in plan.notes where !former.notes.contains(note) {
            logger.warning("file service", metadata: ["note": "\(note)"])
        }
        desk.serve(plan.endpoints)
        changes.continuation.yield()
    }

    /// Serves until it is told to stop.
    package func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { [desk] in await desk.archives.run() }
            var former: [ServedService] = []
            for await _ in changes.stream.cancelOnGracefulShutdown() {
                let (plan, listeners) = state.withLock { ($0.plan, $0.listeners) }
                for (endpoint, listener) in listeners where plan.endpoints[endpoint] == nil {
                    group.addTask { await listener.stop() }
                    await listener.closed()
                }
                for (endpoint, service) in plan.endpoints where listeners[endpoint] == nil {
                    open(endpoint, of: service.name, in: &group)
                }
                let settling = ContentSettling(
                    plan: plan, former: former, standardFolder: layout.standardFolder,
                    logger: logger)
                try? await DiskThreads.run { settling.run() }
                let known = Set(former.flatMap(\.buckets).map(\.folder))
                for bucket in plan.services.flatMap(\.buckets) where !known.contains(bucket.folder) {
                    desk.archives.survey(bucket.folder)
                }
                former = plan.services
            }
        }
    }

    private func open(_ endpoint: Endpoint, of service: String, in group: inout DiscardingTaskGroup) {
        let listener = Listener(
            BucketResponder(endpoint: endpoint, desk: desk), address: address, certificate: certificate
        ) { [self] in
            let former = state.withLock { $0.faults.removeValue(forKey: endpoint) }
            if former != nil { logger.info("port of a file service is open", metadata: ["port": "\(endpoint.port)"]) }
        }
        state.withLock { $0.listeners[endpoint] = listener }
        group.addTask { [self] in
            do throws(PortFault) {
                try await listener.run()
                state.withLock { $0.listeners[endpoint] = nil }
            } catch {
                await lose(endpoint, of: service, error.description)
            }
        }
    }

    /// Notes that a port could not be had, and has it tried again after a while.
    private func lose(_ endpoint: Endpoint, of service: String, _ cause: String) async {
        let isNews = state.withLock { state in
            state.listeners[endpoint] = nil
            guard state.plan.endpoints[endpoint] != nil else { return false }
            return state.faults.updateValue(cause, forKey: endpoint) != cause
        }
        if isNews {
            logger.warning(
                "port of a file service cannot be opened; it is tried again every \(Self.pause.components.seconds) s",
                metadata: ["port": "\(endpoint.port)", "service": "\(service)", "cause": "\(cause)"])
        }
        await cancelWhenGracefulShutdown { await self.time.sleep(until: self.time.monotonic + Self.pause) }
        changes.continuation.yield()
    }
}
