import Access
import Logging
import Support
import Synchronization
import Testing

@testable import AuditExport

/// Records on their way to a collector that comes and goes.
struct AuditExporterTests {
    private let log = ScriptedLog()
    private let collector = ScriptedCollector()
    private let time = ManualTime()

    private func exporter() -> AuditExporter {
        AuditExporter(log, to: collector, time: time, logger: Logger(label: "test"))
    }

    @Test func recordsAreSentOnceInTheirOrder() async {
        let exporter = exporter()
        await exporter.begin()
        log.grow(to: 10)
        #expect(await exporter.sendNext() == .zero)
        #expect(collector.sequences == [1, 2, 3, 4])
        #expect(await exporter.sendNext() == .zero)
        #expect(await exporter.sendNext() == .seconds(1))
        #expect(collector.sequences == Array(1...10))
        #expect(await exporter.sendNext() == .seconds(1))
        #expect(collector.sequences.count == 10 && log.noted == 10)
        let status = exporter.status
        #expect(status.fault == nil && status.sent == 10 && status.waiting == 0 && status.position == 10)
    }

    @Test func theFirstExportBeginsBehindTheRecordsThereAre() async {
        log.grow(to: 7)
        let exporter = exporter()
        await exporter.begin()
        #expect(log.noted == 7)
        log.grow(to: 9)
        _ = await exporter.sendNext()
        #expect(collector.sequences == [8, 9])
    }

    @Test func aLaterDaemonGoesOnBehindTheLastRecordThatWasSent() async {
        let first = exporter()
        await first.begin()
        log.grow(to: 3)
        _ = await first.sendNext()
        log.grow(to: 5)
        let second = exporter()
        _ = await second.sendNext()
        #expect(collector.sequences == [1, 2, 3, 4, 5])
    }

    @Test func whileTheCollectorIsAwayRecordsWaitAndAreToldOfInOneMessage() async {
        let exporter = exporter()
        await exporter.begin()
        log.grow(to: 2)
        _ = await exporter.sendNext()
        collector.setFault("Connection refused")
        log.grow(to: 5)
        var pauses: [Duration] = []
        for _ in 0..<7 {
            let pause = await exporter.sendNext()
            pauses.append(pause)
            time.advance(by: pause)
        }
        #expect(pauses == [1, 2, 4, 8, 16, 30, 30].map { .seconds($0) })
        let status = exporter.status
        #expect(status.fault == "Connection refused" && status.waiting == 3 && status.failures == 7)
        collector.setFault(nil)
        _ = await exporter.sendNext()
        #expect(collector.sequences == [1, 2, 3, 4, 5])
        let notices = collector.messages.filter { $0.kind == "unsent" }
        #expect(notices == [AuditMessage(unsent: 3...5, missing: 0, for: .seconds(91), at: time.now)])
        #expect(collector.messages.firstIndex { $0.kind == "unsent" } == 2)
        #expect(exporter.status.fault == nil)
        log.grow(to: 6)
        _ = await exporter.sendNext()
        #expect(collector.messages.filter { $0.kind == "unsent" }.count == 1)
    }

    @Test func recordsThatWentToArchivesAreToldAsMissing() async {
        let exporter = exporter()
        await exporter.begin()
        log.grow(to: 6)
        log.archive(upTo: 4)
        _ = await exporter.sendNext()
        #expect(collector.messages.first == AuditMessage(unsent: 1...6, missing: 4, for: .zero, at: time.now))
        #expect(collector.sequences == [5, 6])
    }

    @Test func aLogThatCannotBeReadIsToldAndTriedAgain() async {
        log.setReadable(false)
        let exporter = exporter()
        await exporter.begin()
        #expect(exporter.status.fault == "the audit log cannot be read")
        #expect(await exporter.sendNext() == .seconds(2))
        log.setReadable(true)
        #expect(await exporter.sendNext() == .seconds(1))
        #expect(exporter.status.fault == nil)
    }

    @Test func whatIsLeftAtTheEndIsSentUnlessTheCollectorIsAway() async {
        let exporter = exporter()
        await exporter.begin()
        log.grow(to: 9)
        await exporter.finish()
        #expect(collector.sequences == Array(1...9))
        collector.setFault("away")
        log.grow(to: 10)
        await exporter.finish()
        #expect(exporter.status.failures == 1 && exporter.status.waiting == 1)
    }
}

/// A log that grows when a test says so.
private final class ScriptedLog: AuditSource {
    private struct State {
        var records: [AuditRecord] = []
        var end = AuditLink.beginning
        var noted: Int?
        var isReadable = true
    }

    private let state = Mutex(State())

    var noted: Int? { state.withLock { $0.noted } }

    func setReadable(_ isReadable: Bool) { state.withLock { $0.isReadable = isReadable } }

    func grow(to last: Int) {
        state.withLock { state in
            while state.end.sequence < last {
                let record = state.end.record(of: Array(#"{"event":"login","time":5}"#.utf8))
                state.records.append(record)
                state.end = AuditLink(sequence: record.sequence, hash: record.hash)
            }
        }
    }

    func archive(upTo last: Int) { state.withLock { $0.records.removeAll { $0.sequence <= last } } }

    func records(after sequence: Int, limit: Int) async throws(AccessError) -> AuditBatch {
        guard state.withLock({ $0.isReadable }) else { throw .unavailable(retryAfter: .seconds(5)) }
        return state.withLock { state in
            AuditBatch(
                records: Array(state.records.filter { $0.sequence > sequence }.prefix(limit)),
                newest: state.end.sequence)
        }
    }

    func handedOn() async throws(AccessError) -> Int? { noted }

    func noteHandedOn(_ sequence: Int) async throws(AccessError) { state.withLock { $0.noted = sequence } }
}

/// Takes four messages at once, or none while there is a fault.
private final class ScriptedCollector: AuditCollector {
    private let state = Mutex((fault: CollectorFault?.none, messages: [AuditMessage]()))

    let batch = 4

    var messages: [AuditMessage] { state.withLock { $0.messages } }

    /// The numbers of the records that came.
    var sequences: [Int] {
        messages.compactMap { message in
            message.parameters.first { $0.name == "seq" }.flatMap { Int($0.value) }
        }
    }

    func setFault(_ text: String?) { state.withLock { $0.fault = text.map { CollectorFault($0) } } }

    func deliver(_ messages: [AuditMessage]) async throws(CollectorFault) {
        if let fault = state.withLock({ $0.fault }) { throw fault }
        state.withLock { $0.messages += messages }
    }
}
