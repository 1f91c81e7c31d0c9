import Testing
import Values

@testable import ClusterLog

/// What the writer does about each thing that can happen, wherever it stands.
@Suite struct LogWriterTableTests {
    static let keys = LogKeys(cluster: "c", generation: 2)
    static let term = Term(generation: 2, epoch: 40)
    static let tail = LogPlace(index: 6, chain: ChainValue(of: [6]))
    static let nonce = Nonce(high: 0, low: 1)

    static func writer(limit: Int = 100) -> LogWriter {
        LogWriter(term: term, keys: keys, node: 11, level: 1, base: 2, tail: tail, limit: limit)
    }

    static func batch(_ payload: String = "x", _ nonce: Nonce = nonce) -> LogWriter.Batch {
        .init(payload: Array(payload.utf8), nonce: nonce, at: .init(milliseconds: 5))
    }

    static func attempt(_ number: Int, index: Int = 7) -> LogWriter.Attempt {
        .init(index: index, nonce: nonce, number: number)
    }

    /// A writer with one entry on its way for the given time, and that entry.
    static func sending(attempts: Int = 1) -> LogWriter {
        var writer = writer()
        _ = writer.handle(.append(batch()))
        for number in 1..<max(1, attempts) {
            _ = writer.handle(.lost(attempt(number), jitter: 0))
            _ = writer.handle(.pauseEnded)
        }
        return writer
    }

    static func pausing(attempts: Int = 1) -> LogWriter {
        var writer = sending(attempts: attempts)
        _ = writer.handle(.lost(attempt(attempts), jitter: 0))
        return writer
    }

    static func over() -> LogWriter {
        var writer = sending()
        _ = writer.handle(.answered(attempt(1), refused(entry: [1])))
        return writer
    }

    static var entry: LogEntry {
        guard case .sending(let flight) = sending().phase else { return LogEntryTests.entry() }
        return flight.entry
    }

    static let stored = TransactionAnswer(succeeded: true, found: [], revision: 50)

    /// An answer to an append that was not done: what is at its index, whose the master's key is, and what the log keeps.
    static func refused(
        entry: [UInt8]? = nil, master: Int? = 60, log: ClosedRange<Int>? = 3...6, generation: Int = 2
    ) -> TransactionAnswer {
        func pair(_ key: String, _ value: [UInt8] = [], _ created: Int = 9) -> KeyValue {
            KeyValue(key: key, value: value, created: created)
        }
        return TransactionAnswer(
            succeeded: false,
            found: [
                entry.map { [pair(keys.entry(7), $0)] } ?? [], master.map { [pair(keys.master, [], $0)] } ?? [],
                log.map { [pair(keys.entry($0.lowerBound))] } ?? [],
                log.map { [pair(keys.entry($0.upperBound))] } ?? [],
                [pair(keys.format, LogFormat(generation: generation, base: LogPlace(index: 2, chain: .start)).bytes)],
            ], revision: 61)
    }

    @Test func anAppendIsGuardedByEpochIndexAndTheEntryBefore() {
        var writer = Self.writer()
        let entry = Self.entry
        let expected = Transaction(
            comparisons: [
                .created("/confd/c/2/master", at: 40), .isMissing("/confd/c/2/log/0000000000000007"),
                .exists("/confd/c/2/log/0000000000000006"),
            ], success: [.put("/confd/c/2/log/0000000000000007", value: entry.bytes, lease: nil)],
            failure: [
                .get("/confd/c/2/log/0000000000000007"), .get("/confd/c/2/master"), .first("/confd/c/2/log/"),
                .last("/confd/c/2/log/"), .get("/confd/c/format"),
            ])
        #expect(writer.handle(.append(Self.batch())) == [.send(expected, Self.attempt(1))])
        #expect(entry.header.previous == Self.tail.chain)
    }

    @Test func theFirstEntryOfAGenerationHasNoneBeforeIt() {
        let writer = LogWriter(term: Self.term, keys: Self.keys, node: 1, level: 1, base: 6, tail: Self.tail)
        #expect(writer.transaction(Self.entry).comparisons.count == 2)
    }

    /// The table: what each answer says of an entry.
    @Test func eachAnswerHasItsMeaning() {
        let (writer, entry) = (Self.sending(), Self.entry)
        let rows: [(TransactionAnswer, LogWriter.Meaning)] = [
            (Self.stored, .stored),
            (Self.refused(entry: entry.bytes), .stored),
            (Self.refused(entry: entry.bytes, master: nil), .stored),
            (Self.refused(entry: [1]), .deposed),
            (Self.refused(entry: [1], master: 40), .deposed),
            (Self.refused(), .deposed),
            (Self.refused(master: nil), .deposed),
            // Neither the index is taken nor the master another one: it contradicts itself.
            (Self.refused(master: 40), .unreadable),
            (Self.refused(log: 8...12), .trimmed),
            (Self.refused(log: 8...12, generation: 3), .trimmed),
            (Self.refused(entry: entry.bytes, generation: 3), .trimmed),
            (Self.refused(log: 3...5), .trimmed),
            (Self.refused(log: nil), .trimmed),
            (TransactionAnswer(succeeded: false, found: [], revision: 1), .unreadable),
            (TransactionAnswer(succeeded: false, found: [[], [], [], [], []], revision: 1), .unreadable),
        ]
        for (place, row) in rows.enumerated() {
            #expect(writer.meaning(of: row.0, for: entry) == row.1, "row \(place)")
        }
    }

    /// The table: each input in each phase.
    @Test func eachInputHasItsEffectInEachPhase() {
        let other = Self.batch("y", Nonce(high: 9, low: 9))
        let done = [LogWriter.Effect.settled(Self.nonce, .done([Self.entry]))]
        let send2 = [LogWriter.Effect.send(Self.sending().transaction(Self.entry), Self.attempt(2))]
        let deposed = [LogWriter.Effect.settled(Self.nonce, .deposed)]
        let trimmed = [LogWriter.Effect.settled(Self.nonce, .trimmed)]
        let unreadable = Self.refused(master: 40)
        let (idle, sending, pausing, over) = (Self.writer(), Self.sending(), Self.pausing(), Self.over())
        let rows: [(LogWriter, LogWriter.Input, [LogWriter.Effect])] = [
            (idle, .answered(Self.attempt(1), Self.stored), []), (idle, .noRoom(Self.attempt(1)), []),
            (idle, .lost(Self.attempt(1), jitter: 0), []), (idle, .pauseEnded, []), (idle, .fenced, []),

            (sending, .append(other), [.refused(other.nonce, .busy)]),
            (sending, .answered(Self.attempt(1), Self.stored), done),
            (sending, .answered(Self.attempt(1), Self.refused()), deposed),
            (sending, .answered(Self.attempt(1), Self.refused(log: 8...9)), trimmed),
            (sending, .answered(Self.attempt(1), unreadable), [.pause(.milliseconds(50))]),
            (sending, .answered(Self.attempt(2), Self.stored), []),
            (sending, .answered(Self.attempt(1, index: 6), Self.stored), []),
            (sending, .noRoom(Self.attempt(1)), [.settled(Self.nonce, .full)]),
            (sending, .noRoom(Self.attempt(2)), []),
            (sending, .lost(Self.attempt(1), jitter: 7), [.pause(.milliseconds(57))]),
            (sending, .lost(Self.attempt(2), jitter: 7), []), (sending, .pauseEnded, []), (sending, .fenced, []),

            (pausing, .append(other), [.refused(other.nonce, .busy)]),
            (pausing, .answered(Self.attempt(1), Self.stored), done),
            (pausing, .answered(Self.attempt(1), Self.refused()), deposed),
            (pausing, .answered(Self.attempt(1), Self.refused(log: 8...9)), trimmed),
            (pausing, .answered(Self.attempt(1), unreadable), []),
            (pausing, .noRoom(Self.attempt(1)), [.settled(Self.nonce, .full)]),
            (pausing, .lost(Self.attempt(1), jitter: 0), []), (pausing, .pauseEnded, send2), (pausing, .fenced, []),

            (over, .append(other), [.refused(other.nonce, .over)]), (over, .answered(Self.attempt(1), Self.stored), []),
            (over, .noRoom(Self.attempt(1)), []), (over, .lost(Self.attempt(1), jitter: 0), []),
            (over, .pauseEnded, []), (over, .fenced, []),
        ]
        for (place, row) in rows.enumerated() {
            var writer = row.0
            #expect(writer.handle(row.1) == row.2, "row \(place)")
        }
    }

    @Test func nothingNewIsTakenBehindTheFenceAndWhatIsOnItsWayIsSettled() {
        var writer = Self.sending()
        _ = writer.handle(.fenced)
        #expect(writer.handle(.lost(Self.attempt(1), jitter: 0)) == [.pause(.milliseconds(50))])
        #expect(writer.handle(.pauseEnded).count == 1)
        #expect(writer.handle(.answered(Self.attempt(2), Self.stored)) == [.settled(Self.nonce, .done([Self.entry]))])
        #expect(writer.handle(.append(Self.batch())) == [.refused(Self.nonce, .fenced)])
    }

    /// No room is certain only when no former attempt can still get in.
    @Test func noRoomIsBelievedOfAllAttemptsOnly() {
        var writer = Self.sending(attempts: 2)
        #expect(writer.handle(.noRoom(Self.attempt(2))) == [.pause(.milliseconds(100))])
        #expect(writer.handle(.noRoom(Self.attempt(2))) == [])
        #expect(writer.handle(.noRoom(Self.attempt(1))) == [.settled(Self.nonce, .full)])
        #expect(writer.phase == .idle)
        var late = Self.sending(attempts: 2)
        _ = late.handle(.noRoom(Self.attempt(2)))
        #expect(late.handle(.answered(Self.attempt(1), Self.stored)) == [.settled(Self.nonce, .done([Self.entry]))])
    }

    @Test func pausesGrowToHalfASecond() {
        var writer = Self.sending()
        var pauses: [Duration] = []
        for number in 1...7 {
            for case .pause(let pause) in writer.handle(.lost(Self.attempt(number), jitter: 0)) { pauses.append(pause) }
            _ = writer.handle(.pauseEnded)
        }
        #expect(pauses == [50, 100, 200, 400, 500, 500, 500].map { .milliseconds($0) })
    }

    @Test func aLargeBatchIsAppendedInPieces() {
        var writer = Self.writer(limit: 2)
        _ = writer.handle(.append(Self.batch("abcde")))
        _ = writer.handle(.answered(Self.attempt(1), Self.stored))
        _ = writer.handle(.answered(Self.attempt(1, index: 8), Self.stored))
        let effects = writer.handle(.answered(Self.attempt(1, index: 9), Self.stored))
        guard case .settled(_, .done(let entries)) = effects.first else {
            Issue.record("the last piece does not settle the batch")
            return
        }
        #expect(entries.map(\.header.index) == [7, 8, 9])
        #expect(entries.map(\.header.piece) == [0, 1, 2])
        #expect(entries.map(\.header.hasMore) == [true, true, false])
        #expect(entries.dropFirst().map(\.header.previous) == entries.dropLast().map(\.chain))
        #expect(entries.flatMap(\.payload) == Array("abcde".utf8))
        #expect(writer.tail == entries[2].place)
    }

    @Test func entriesSayTheLevelThatIsInForceWhenTheyBegin() throws {
        var writer = Self.sending()
        writer.level = 2
        // The one on its way was begun before.
        #expect(writer.handle(.lost(Self.attempt(1), jitter: 0)) == [.pause(.milliseconds(50))])
        guard case .send(let again, _) = writer.handle(.pauseEnded).first,
            case .put(_, let bytes, _) = again.success.first
        else {
            Issue.record("it is not sent again")
            return
        }
        #expect(try LogEntry(reading: bytes).header.level == 1)
        _ = writer.handle(.answered(Self.attempt(2), Self.stored))
        guard case .send(let next, _) = writer.handle(.append(Self.batch("y", Nonce(high: 0, low: 2)))).first,
            case .put(_, let behind, _) = next.success.first
        else {
            Issue.record("the next one is not sent")
            return
        }
        #expect(try LogEntry(reading: behind).header.level == 2)
    }
}
