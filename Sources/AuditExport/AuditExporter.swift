package import Access
package import Logging
import Synchronization

/// Hands records of the audit log on to a collector, in their order and each at least once.
///
/// It goes behind the log on its own: whoever makes a record waits for nothing. A few records at a time are read from the
/// store, and the last one that arrived is kept there, so that nothing is lost while the collector or the daemon is away.
package final class AuditExporter: Sendable {
    /// How it stands.
    package struct Status: Sendable, Hashable {
        /// Why nothing can be sent now; `nil` when it can.
        package fileprivate(set) var fault: String?
        /// Records that wait to be sent, as far as is known.
        package fileprivate(set) var waiting = 0
        /// The last record that was sent, by this daemon or by one before; `nil` when that is not known yet.
        package fileprivate(set) var position: Int?
        /// Records this daemon has sent; one that was sent again counts again.
        package fileprivate(set) var sent = 0
        /// Attempts that failed.
        package fileprivate(set) var failures = 0
        /// When sending failed first, in monotonic time.
        fileprivate var failedAt: Duration?
        fileprivate var pause = AuditExporter.rest
    }

    private static let rest = Duration.seconds(1)
    private static let longestPause = Duration.seconds(30)

    private let source: any AuditSource
    private let collector: any AuditCollector
    private let time: any TimeSource
    private let logger: Logger
    private let state = Mutex(Status())

    /// Nothing is sent before ``run()``.
    package init(
        _ source: any AuditSource, to collector: any AuditCollector, time: any TimeSource, logger: Logger
    ) {
        self.source = source
        self.collector = collector
        self.time = time
        self.logger = logger
    }

    /// How it stands now.
    package var status: Status { state.withLock { $0 } }

    /// Notes where the first export begins: behind the records there are. Called before records are made that are to be sent.
    package func begin() async {
        do throws(AccessError) {
            _ = try await position()
        } catch {
            fail("the audit log cannot be read", waiting: 0)
        }
    }

    /// Sends what there is, and what comes, until the task is cancelled.
    package func run() async {
        while !Task.isCancelled {
            let pause = await sendNext()
            if pause > .zero { await time.sleep(until: time.monotonic + pause) }
        }
    }

    /// Sends what is left when the daemon stops, unless the collector is away; the rest is sent after the next start.
    package func finish() async {
        while !Task.isCancelled, status.fault == nil, await sendNext() == .zero {}
    }

    /// Sends the next records, at most as many as the collector takes at once.
    ///
    /// - Returns: How long to wait before the next call; nothing when more records wait.
    func sendNext() async -> Duration {
        let position: Int
        let batch: AuditBatch
        do throws(AccessError) {
            position = try await self.position()
            batch = try await source.records(after: position, limit: collector.batch)
        } catch {
            return fail("the audit log cannot be read", waiting: status.waiting)
        }
        let waiting = max(0, batch.newest - position)
        do throws(CollectorFault) {
            try await collector.deliver(messages(of: batch, behind: position))
        } catch {
            // Whoever was told to stop is not the collector's fault.
            return Task.isCancelled ? .zero : fail(error.description, waiting: waiting)
        }
        let last = batch.records.last?.sequence ?? position
        await keep(last, of: batch)
        return batch.records.count < collector.batch ? Self.rest : .zero
    }

    /// The messages of some records, with one in front of them when records could not be sent for a while.
    private func messages(of batch: AuditBatch, behind position: Int) -> [AuditMessage] {
        guard let first = batch.records.first?.sequence, first > position else { return [] }
        let missing = first - position - 1
        let failedAt = status.failedAt
        var messages = batch.records.map { AuditMessage($0) }
        if missing > 0 || failedAt != nil {
            let notice = AuditMessage(
                unsent: position + 1...max(batch.newest, first), missing: missing,
                for: failedAt.map { time.monotonic - $0 } ?? .zero, at: time.now)
            messages.insert(notice, at: 0)
        }
        return messages
    }

    private func position() async throws(AccessError) -> Int {
        if let known = status.position { return known }
        let position: Int
        if let kept = try await source.handedOn() {
            position = max(0, kept)
        } else {
            position = try await source.records(after: .max, limit: 1).newest
            try await source.noteHandedOn(position)
        }
        state.withLock { $0.position = position }
        return position
    }

    private func keep(_ last: Int, of batch: AuditBatch) async {
        let wasFailing = state.withLock { status in
            defer {
                status.position = last
                status.sent += batch.records.count
                status.waiting = max(0, batch.newest - last)
                (status.fault, status.failedAt, status.pause) = (nil, nil, Self.rest)
            }
            return status.fault != nil
        }
        if wasFailing { logger.notice("audit records are sent again") }
        if batch.records.isEmpty { return }
        do throws(AccessError) {
            try await source.noteHandedOn(last)
        } catch {
            logger.debug("how far audit records were sent cannot be kept; some are sent again after the next start")
        }
    }

    /// - Returns: How long to wait: longer each time.
    @discardableResult
    private func fail(_ fault: String, waiting: Int) -> Duration {
        let (pause, isFirst) = state.withLock { status in
            let isFirst = status.fault == nil
            let pause = status.pause
            status.fault = fault
            status.waiting = waiting
            status.failures += 1
            status.failedAt = status.failedAt ?? time.monotonic
            status.pause = min(pause * 2, Self.longestPause)
            return (pause, isFirst)
        }
        if isFirst { logger.warning("audit records cannot be sent", metadata: ["cause": "\(fault)"]) }
        return pause
    }
}
