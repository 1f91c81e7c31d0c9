import Access
import Application
import HTTPTypes
import Hummingbird
import JobEngine
import Values

/// How new the configuration behind a read has to be, and how new it is.
package struct Freshness: Sendable {
    private let services: GatewayServices

    /// For the routes of these services.
    package init(_ services: GatewayServices) {
        self.services = services
    }

    /// Why this node tells nothing of the cluster now, not even to who is content with what it knows; `nil` when it does.
    ///
    /// Whoever was removed, and whatever was changed, may be unknown here.
    package var refusal: Problem? {
        let status = services.cluster.status
        return status.readObstacle.map { Problem($0, in: status) }
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
            let (rest, term) = (end - services.time.monotonic, services.scheduler.events.epoch)
            if rest > .zero { await services.scheduler.wait(forRevisionAfter: present, atMost: rest) }
            // No news means that the time is over, or that the daemon stops; another term of office wakes whoever waits as well.
            let isOver = rest <= .zero || services.scheduler.events.epoch == term
            if isOver, services.scheduler.configuration.revision == present {
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
        if let term = services.members.term { response.headers[.confdTerm] = String(term) }
        let status = services.cluster.status
        // What the node that decides knows is never old.
        if let age = status.isMaster ? .zero : status.age {
            response.headers[.confdDataAge] = String(Int(age / .milliseconds(1)))
        }
    }
}
