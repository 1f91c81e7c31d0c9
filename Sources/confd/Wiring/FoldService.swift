import Access
import ServiceLifecycle

/// Has refusals that were counted written down in time, and the last of them when the daemon stops.
struct FoldService: Service {
    let audit: FoldedAudit
    private let time = SystemTimeSource()

    init(audit: FoldedAudit) {
        self.audit = audit
    }

    func run() async {
        await cancelWhenGracefulShutdown { [audit, time] in
            while !Task.isCancelled {
                await time.sleep(until: time.monotonic + .seconds(5))
                await audit.settle()
            }
        }
        await audit.settle(isFinal: true)
    }
}
