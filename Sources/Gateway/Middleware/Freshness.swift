import Access
import HTTPTypes
import Hummingbird
import JobEngine
import Values

/// How new the configuration behind a read has to be, and how new it is.
struct Freshness: Sendable {
    private let services: GatewayServices

    init(_ services: GatewayServices) {
        self.services = services
    }

    /// Waits until this node has the revision a read asks for in `min_revision`, as long as the caller wants to wait.
    ///
    /// - Throws: ``JobError`` `behind` when it does not have it by then.
    func reach(_ call: Call) async throws(JobError) {
        guard let wanted = call.query.int("min_revision") else { return }
        let end = services.time.monotonic + Waiting(call, longest: services.settings.longestWait).limit
        while true {
            let present = services.scheduler.configuration.revision
            if present >= wanted { return }
            let rest = end - services.time.monotonic
            if rest > .zero { await services.scheduler.wait(forRevisionAfter: present, atMost: rest) }
            // No news means that the time is over, or that the daemon stops.
            if services.scheduler.configuration.revision == present {
                throw JobError(
                    .behind, "This node has revision \(present), not \(wanted) yet.",
                    details: ["current_revision": .int(present)])
            }
        }
    }

    /// Says of a read that any node may answer how new its data are.
    func mark(_ response: inout Response, of call: Call) {
        guard call.query["consistency"] == "local" else { return }
        if response.headers[.confdRevision] == nil {
            response.headers[.confdRevision] = String(services.scheduler.configuration.revision)
        }
        // What the node that decides knows is never old; another one says so once it hears from the master.
        if services.cluster.status.isMaster { response.headers[.confdDataAge] = "0" }
    }
}
