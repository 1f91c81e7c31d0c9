package import Access
package import Logging
import Synchronization
import Values
import Waiting

/// Tells targets what happened: each at its own pace, in order, and again when it could not be reached.
///
/// Only the node that decides tells. The others keep what they hear of for a while: who begins to decide tells what the one
/// before may not have come to, so that something told twice is possible and something told never is not.
package final class Notifier: Sendable {
    /// How long a node that does not decide keeps a notice, in milliseconds: longer than it takes until another one does.
    static let memory = 60_000
    /// How often is looked at whether this node decides.
    private static let pause = 5_000

    private let carrier: any NoticeCarrier
    private let archive: any NoticeArchive
    private let decides: @Sendable () -> Bool
    private let time: any TimeSource
    private let logger: Logger
    private let queue: Mutex<NotificationQueue>
    private let bells: [String: (ring: AsyncStream<Void>.Continuation, rings: AsyncStream<Void>)]

    /// Nothing is told before ``run()``.
    ///
    /// - Parameter decides: Whether this node decides now.
    package init(
        _ queue: NotificationQueue, by carrier: any NoticeCarrier, keeping archive: any NoticeArchive,
        while decides: @escaping @Sendable () -> Bool, time: any TimeSource, logger: Logger
    ) {
        (self.carrier, self.archive, self.decides, self.time, self.logger) = (carrier, archive, decides, time, logger)
        bells = Dictionary(
            uniqueKeysWithValues: queue.targets.map { target in
                let (rings, ring) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
                return (target.name, (ring, rings))
            })
        self.queue = Mutex(queue)
    }

    /// The targets there are, in the order of the settings.
    package var targets: [NotificationTarget] { queue.withLock { $0.targets } }

    /// How it stands with a target.
    package func backlog(of target: String) -> DeliveryBacklog { queue.withLock { $0.backlog(target) } }

    /// Takes a notice; it is told as soon as can be, to whom rules say.
    package func take(_ notice: Notice) {
        let now = now
        for name in queue.withLock({ $0.take(notice, at: now) }) { bells[name]?.ring.yield() }
    }

    /// Tells a target something now, past the queue: to see whether it can be reached.
    ///
    /// - Throws: ``DeliveryFault``.
    package func tell(_ notice: Notice, to target: NotificationTarget) async throws(DeliveryFault) {
        try await carrier.carry(notice, to: target)
    }

    /// What a target is told to see whether it can be reached.
    var trial: Notice {
        Notice(
            "test/\(now)", topic: "test", kind: .test, severity: .notice, at: now,
            summary: "Somebody tries whether notices arrive. All is well.")
    }

    /// Tells until the task is cancelled.
    package func run() async {
        if let former = await archive.read() { queue.withLock { $0.restore(former) } }
        await withDiscardingTaskGroup { group in
            for target in targets {
                group.addTask { await self.serve(target) }
            }
            group.addTask { await self.settleRepetitions() }
        }
        await keep()
    }

    private var now: Int { Int(time.now) }

    private func settleRepetitions() async {
        while !Task.isCancelled {
            await sleep(Self.pause)
            let now = now
            for name in queue.withLock({ $0.settle(at: now) }) { bells[name]?.ring.yield() }
            await keep()
        }
    }

    private func serve(_ target: NotificationTarget) async {
        while !Task.isCancelled {
            let now = now
            guard decides() else {
                queue.withLock { $0.change(target.name) { $0.forget(before: now - Self.memory) } }
                await sleep(Self.pause)
                continue
            }
            switch queue.withLock({ $0.backlog(target.name).next(at: now) }) {
            case .idle: await ring(of: target.name)
            case .wait(let end): await sleep(min(end - now, Self.pause))
            case .deliver(let notice): await deliver(notice, to: target)
            }
        }
    }

    private func ring(of target: String) async {
        guard let rings = bells[target]?.rings else { return await sleep(Self.pause) }
        for await _ in rings { return }
    }

    private func deliver(_ notice: Notice, to target: NotificationTarget) async {
        do throws(DeliveryFault) {
            try await carrier.carry(notice, to: target)
            queue.withLock { $0.change(target.name) { $0.arrived() } }
        } catch {
            // Whoever was told to stop is not the target's fault.
            if Task.isCancelled { return }
            let now = now
            let isGivenUp = queue.withLock { queue in
                var isGivenUp = false
                queue.change(target.name) {
                    isGivenUp = $0.failed(error.description, isFinal: error.isFinal, at: now)
                }
                return isGivenUp
            }
            logger.warning(
                isGivenUp ? "notice given up" : "notice not delivered",
                metadata: ["target": "\(target.name)", "notice": "\(notice.id)", "cause": "\(error)"])
        }
        await keep()
    }

    private func keep() async {
        let kept = queue.withLock { $0.kept }
        await archive.write(kept)
    }

    private func sleep(_ milliseconds: Int) async {
        await time.sleep(until: time.monotonic + .milliseconds(max(milliseconds, 0)))
    }
}
