package import Access
package import EXAConf
import Glibc
package import HTTPServer
package import JobEngine
package import Logging
import ServiceLifecycle
import Synchronization
import Values
import Waiting

/// The file services of the configuration, each on its ports.
///
/// It follows the configuration: a new revision opens and closes ports and changes buckets and passwords, while all
/// other ports and connections go on.
package final class BucketFileServer: Service, Reconciler {
    package let name = "bucketfs"
    package let moment = ReconcilerMoment.beforeAcknowledging

    private struct State {
        var plan = ServiceLayout.Plan()
        /// Which it is of.
        var revision = 0
        /// Folders that are being taken away; who is to be served from one of them waits.
        var leaving: [FolderWay: Waiter<Void>] = [:]
        var listeners: [Endpoint: Listener] = [:]
        /// What serves and what ends, by the number it was begun with.
        var tasks: [Int: Task<Void, Never>] = [:]
        var begun = 0
        var isStopping = false
    }

    private let address: String
    private let contexts: TLSContexts
    let layout: ServiceLayout
    let registry: FileServiceRegistry
    private let logger: Logger
    private let time: any TimeSource
    private let state = Mutex(State())

    /// - Parameters:
    ///   - address: Where all ports listen.
    ///   - daemonPort: Where the daemon itself listens, beside them.
    ///   - contexts: What new HTTPS connections are shown; clients are not asked for theirs.
    ///   - proxies: Whose word counts for the address of a client.
    ///   - passwords: Counts guesses at passwords of buckets.
    ///   - roots: Where buckets may lie.
    package init(
        address: String, daemonPort: Int? = nil, limits: FileServerLimits = FileServerLimits(),
        contexts: TLSContexts, proxies: TrustedProxies = .none, passwords: PasswordGuard, time: any TimeSource,
        logger: Logger, roots: PlaceRoots
    ) {
        self.address = address
        self.contexts = contexts
        (self.logger, self.time) = (logger, time)
        layout = ServiceLayout(
            roots: roots, owners: FileOwners(isRoot: geteuid() == 0), daemonPort: daemonPort)
        registry = FileServiceRegistry(
            limits: limits, proxies: proxies, passwords: passwords, time: time, logger: logger)
    }

    /// What is served, or should be.
    var plan: ServiceLayout.Plan { state.withLock { $0.plan } }

    /// Where somebody listens now.
    var openEndpoints: Set<Endpoint> { state.withLock { Set($0.listeners.keys) } }

    /// What of the configuration is not served, whoever tries again.
    package var note: ReconcilerNote? {
        let notes = plan.notes
        return notes.isEmpty ? nil : ReconcilerNote(notes.joined(separator: "; "), isImpaired: true)
    }

    /// A service of the configuration in force, whether or not its ports are open.
    func service(named name: String) -> ServedService? { plan.services.first { $0.name == name } }

    /// Buckets and passwords count at once; on return each port is open, or it is known why not.
    package func reconcile(
        from former: DecidedConfiguration?, to latest: DecidedConfiguration
    ) async throws {
        let plan = layout.plan(latest.document)
        let notes = self.plan.notes
        await putInForce(plan, latest.revision)
        for note in plan.notes where !notes.contains(note) {
            logger.warning("file service", metadata: ["note": "\(note)"])
        }
        registry.serve(plan.endpoints)
        await registry.shared?.follow()
        registry.archives.keep(Set(plan.services.flatMap(\.buckets).map(\.folder)))
        let gone = state.withLock { state in state.listeners.filter { plan.endpoints[$0.key] == nil } }
        for (endpoint, listener) in gone {
            forget(listener, at: endpoint)
            begin { await listener.stop() }
            await listener.closed()
        }
        let missing = state.withLock { state in plan.endpoints.filter { state.listeners[$0.key] == nil } }
        let opening = missing.map { endpoint, service in (endpoint, service.name, open(endpoint)) }
        var faults: [String] = []
        for (endpoint, service, opened) in opening {
            if let fault = await opened.answer() { faults.append("\(endpoint) of \(service): \(fault)") }
        }
        if !faults.isEmpty { throw FileServiceFault(faults.sorted()) }
    }

    /// Has the files of buckets be those of a cluster from now on.
    ///
    /// - Parameters:
    ///   - catalogue: What there is, as the state of this node has it.
    ///   - peers: The other members.
    /// - Returns: What brings them here; it has to be run, and to hear of the log.
    package func share(_ catalogue: any BucketCatalogue, with peers: any BucketPeers) -> SharedBuckets {
        let buckets = SharedBuckets(catalogue, peers: peers, registry: registry, time: time) { [self] in
            state.withLock { SharedBuckets.Served(plan: $0.plan, revision: $0.revision) }
        }
        registry.share(buckets)
        return buckets
    }

    private func putInForce(_ plan: ServiceLayout.Plan, _ revision: Int) async {
        let folders = plan.folders
        while true {
            let leaving = state.withLock { state in
                let leaving = state.leaving.first { folders.contains($0.key) }
                if leaving == nil { (state.plan, state.revision) = (plan, revision) }
                return leaving?.value
            }
            guard let leaving else { return }
            await leaving.answer()
        }
    }

    /// Takes a folder away, unless something is served from it; nothing is to be before that is done.
    func withdraw(_ folder: FolderWay, _ work: () async -> Void) async {
        let isFree = state.withLock { state in
            if state.plan.folders.contains(folder) { return false }
            state.leaving[folder] = Waiter()
            return true
        }
        guard isFree else { return }
        await work()
        state.withLock { $0.leaving.removeValue(forKey: folder) }?.resume(returning: ())
    }

    /// Has archives unpacked, and closes all ports in order when it is told to stop.
    package func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { [registry] in await registry.archives.run() }
            // Cancelled or not: it is over.
            try? await gracefulShutdown()
            let listeners = state.withLock { state in
                state.isStopping = true
                return Array(state.listeners.values)
            }
            for listener in listeners { begin { await listener.stop() } }
            let tasks = state.withLock { Array($0.tasks.values) }
            await withTaskCancellationHandler {
                for task in tasks { await task.value }
            } onCancel: {
                for task in tasks { task.cancel() }
            }
        }
    }

    // MARK: Ports

    /// - Returns: A wait for the port: `nil` when it is open, or why it is not.
    private func open(_ endpoint: Endpoint) -> Waiter<PortFault?> {
        let opened = Waiter<PortFault?>()
        let listener = Listener(
            BucketResponder(endpoint: endpoint, registry: registry), address: address, contexts: contexts
        ) { opened.resume(returning: nil) }
        let isStopping = state.withLock { state in
            if !state.isStopping { state.listeners[endpoint] = listener }
            return state.isStopping
        }
        guard !isStopping else {
            opened.resume(returning: nil)
            return opened
        }
        begin { [self] in
            var fault: PortFault?
            do throws(PortFault) { try await listener.run() } catch { fault = error }
            forget(listener, at: endpoint)
            opened.resume(returning: fault)
        }
        return opened
    }

    private func forget(_ listener: Listener, at endpoint: Endpoint) {
        state.withLock { state in
            if state.listeners[endpoint] === listener { state.listeners[endpoint] = nil }
        }
    }

    /// Does something that nobody waits for before the daemon stops.
    private func begin(_ work: @escaping @Sendable () async -> Void) {
        state.withLock { state in
            state.begun += 1
            let number = state.begun
            // Owned by `tasks` until it has ended. Detached: it stops with the file services, and not with whoever asked.
            state.tasks[number] = Task.detached {
                await work()
                self.state.withLock { $0.tasks[number] = nil }
            }
        }
    }
}
