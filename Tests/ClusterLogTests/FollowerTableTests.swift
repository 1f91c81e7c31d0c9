import Testing
import Values

@testable import ClusterLog

/// What the follower does about each thing that can happen, wherever it stands.
@Suite struct FollowerTableTests {
    static let keys = LogKeys(cluster: "c", generation: 2)
    static let term = Term(generation: 2, epoch: 30)
    static let base = LogPlace(index: 2, chain: ChainValue(of: [2]))

    static func key(_ entry: LogEntry) -> KeyValue {
        KeyValue(key: keys.entry(entry.header.index), value: entry.bytes, created: 40)
    }

    /// Entries 3, 4, … behind the base.
    static func log(_ count: Int, change: (inout LogEntry.Header) -> Void = { _ in }) -> [LogEntry] {
        var (entries, place): ([LogEntry], LogPlace) = ([], base)
        for _ in 0..<count {
            var header = LogEntry.Header(
                index: place.index + 1, term: term, level: 1, node: 11, at: .init(milliseconds: 0),
                nonce: Nonce(high: 0, low: UInt64(place.index)), previous: place.chain)
            change(&header)
            entries.append(LogEntry(header, payload: Array("\(header.index)".utf8)))
            place = entries[entries.count - 1].place
        }
        return entries
    }

    static func apply(_ entries: LogEntry...) -> Follower.Effect { .apply(LogChange(entries)) }

    static func reading() -> Follower {
        var follower = Follower(keys: keys, levels: 1...1, applied: base, term: Term(generation: 1, epoch: 9))
        _ = follower.handle(.due)
        return follower
    }

    static func following() -> Follower {
        var follower = reading()
        _ = follower.handle(.read([], oldest: 3, hasMore: false))
        return follower
    }

    static func applying() -> Follower {
        var follower = following()
        _ = follower.handle(.event(key(log(1)[0])))
        return follower
    }

    static func asking() -> Follower {
        var follower = reading()
        _ = follower.handle(.read([], oldest: 9, hasMore: false))
        return follower
    }

    static func aside() -> Follower {
        var follower = asking()
        _ = follower.handle(.noPrefix)
        return follower
    }

    static func failed() -> Follower {
        var follower = reading()
        _ = follower.handle(.failed)
        return follower
    }

    static func stopped() -> Follower {
        var follower = following()
        _ = follower.handle(.event(key(log(1) { $0.level = 2 }[0])))
        return follower
    }

    static func format(_ generation: Int, _ base: LogPlace) -> Follower.Input {
        .format(LogFormat(generation: generation, base: base))
    }

    @Test func statesAreWhatTheyAreCalled() {
        #expect(Self.reading().mode == .reading)
        #expect(Self.following().mode == .following)
        #expect(Self.applying().mode == .following && Self.applying().isApplying)
        #expect(Self.asking().mode == .asking(isSetAside: false))
        #expect(Self.aside().mode == .asking(isSetAside: true))
        #expect(Self.failed().mode == .failed(isRead: true, isSetAside: false))
        #expect(Self.stopped().stop == .unknownLevel(2, at: 3, from: 11))
    }

    @Test func whoHasNothingIsWhereItsClusterBegins() {
        let first = LogFormat.first(of: "c")
        var follower = Follower(
            keys: LogKeys(cluster: "c", generation: 1), levels: 1...1, applied: .start,
            term: Term(generation: 1, epoch: 0))
        #expect(follower.applied == first.base && follower.received == first.base)
        #expect(follower.handle(.due) == [.read(from: 1)])
        // Of a later generation it lacks what is before its base.
        let base = LogFormat.first(of: "c", behind: 3).base
        #expect(follower.handle(Self.format(2, base)) == [.askChanges(since: first.base)])
        // One that begins with nothing as well is gone on with.
        #expect(follower.handle(Self.format(3, .start)) == [.read(from: 1)])
        #expect(follower.received == .start)
    }

    /// The table: each input in each mode.
    @Test func eachInputHasItsEffectInEachMode() {
        let log = Self.log(3)
        let (third, fourth, fifth) = (log[0], log[1], log[2])
        let far = LogPlace(index: 9, chain: ChainValue(of: [9]))
        let (reading, following, applying) = (Self.reading(), Self.following(), Self.applying())
        let (asking, aside, failed, stopped) = (Self.asking(), Self.aside(), Self.failed(), Self.stopped())
        let foreign = KeyValue(key: "/confd/c/1/log/0000000000000003", value: third.bytes, created: 1)
        let rows: [(Follower, Follower.Input, [Follower.Effect])] = [
            (following, .event(Self.key(third)), [Self.apply(third)]),
            (following, .event(Self.key(fourth)), [.read(from: 3)]),
            (following, .event(foreign), []),
            (following, .read([Self.key(third)], oldest: 3, hasMore: false), []),
            (following, .failed, []), (following, .due, []), (following, .applied(third.place), []),
            (following, .changed(to: far, term: Self.term), []), (following, .noPrefix, []),
            (following, Self.format(2, far), []), (following, Self.format(1, far), []),
            (following, Self.format(3, Self.base), [.read(from: 3)]),
            (following, Self.format(3, far), [.askChanges(since: Self.base)]),
            (following, Self.format(3, .start), [.setAside]),
            (following, Self.format(3, LogPlace(index: 2, chain: .start)), [.setAside]),
            (following, .tail(2), []), (following, .tail(3), [.read(from: 3)]),

            (applying, .event(Self.key(third)), []), (applying, .event(Self.key(fourth)), []),
            (applying, .event(Self.key(fifth)), []),
            (applying, .applied(third.place), []), (applying, .applied(far), []),
            (applying, .read([], oldest: nil, hasMore: false), []), (applying, .failed, []), (applying, .due, []),
            (applying, .changed(to: far, term: Self.term), []), (applying, .noPrefix, []),
            (applying, Self.format(3, third.place), []), (applying, .tail(5), [.read(from: 4)]),

            (reading, .event(Self.key(third)), [Self.apply(third)]), (reading, .event(Self.key(fourth)), []),
            (reading, .read([], oldest: nil, hasMore: false), []), (reading, .read([], oldest: 3, hasMore: false), []),
            (reading, .read([Self.key(third)], oldest: 3, hasMore: false), [Self.apply(third)]),
            (reading, .read([Self.key(third)], oldest: 3, hasMore: true), [Self.apply(third), .read(from: 4)]),
            (reading, .read([], oldest: 4, hasMore: false), [.askChanges(since: Self.base)]),
            (reading, .read([Self.key(fourth)], oldest: 4, hasMore: false), [.askChanges(since: Self.base)]),
            (reading, .failed, []), (reading, .due, []), (reading, .applied(third.place), []),
            (reading, .changed(to: far, term: Self.term), []), (reading, .noPrefix, []),
            (reading, Self.format(3, Self.base), [.read(from: 3)]), (reading, .tail(9), []),

            (asking, .event(Self.key(third)), []), (asking, .read([], oldest: nil, hasMore: false), []),
            (asking, .failed, []), (asking, .due, []), (asking, .applied(third.place), []),
            (asking, .changed(to: far, term: Self.term), [.read(from: 10)]), (asking, .noPrefix, [.setAside]),
            (asking, Self.format(3, Self.base), [.read(from: 3)]), (asking, .tail(9), []),

            (aside, .event(Self.key(third)), []), (aside, .read([], oldest: nil, hasMore: false), []),
            (aside, .failed, []), (aside, .due, []), (aside, .applied(third.place), []),
            (aside, .changed(to: far, term: Self.term), [.read(from: 10)]), (aside, .noPrefix, []),
            (aside, Self.format(3, far), [.askChanges(since: Self.base)]), (aside, .tail(9), []),

            (failed, .event(Self.key(third)), []), (failed, .read([], oldest: nil, hasMore: false), []),
            (failed, .failed, []), (failed, .due, [.read(from: 3)]), (failed, .applied(third.place), []),
            (failed, .changed(to: far, term: Self.term), []), (failed, .noPrefix, []),
            (failed, Self.format(3, Self.base), [.read(from: 3)]), (failed, .tail(9), []),

            (stopped, .event(Self.key(third)), []), (stopped, .read([], oldest: 3, hasMore: false), []),
            (stopped, .failed, []), (stopped, .due, []), (stopped, .applied(third.place), []),
            (stopped, .changed(to: far, term: Self.term), []), (stopped, .noPrefix, []),
            (stopped, Self.format(3, Self.base), []), (stopped, .tail(9), []),
        ]
        for (number, row) in rows.enumerated() {
            var follower = row.0
            #expect(follower.handle(row.1) == row.2, "row \(number)")
        }
    }

    /// What the log has is held in memory within a bound: what goes beyond is read again when there is room.
    @Test func whatWaitsIsBoundedByItsBytes() {
        var (log, place): ([LogEntry], LogPlace) = ([], Self.base)
        let size = 3 << 20
        for number in 0..<8 {
            let header = LogEntry.Header(
                index: place.index + 1, term: Self.term, level: 1, node: 11, at: .init(milliseconds: 0),
                nonce: Nonce(high: 1, low: UInt64(number)), previous: place.chain)
            log.append(LogEntry(header, payload: Array(repeating: UInt8(number), count: size)))
            place = log[log.count - 1].place
        }
        var follower = Self.following()
        for entry in log { _ = follower.handle(.event(Self.key(entry))) }
        // One change more than fits, and none behind it.
        let most = Follower.mostHeld / size + 1
        #expect(follower.waiting.count == most && follower.received == log[most - 1].place)
        for number in 1..<most {
            #expect(follower.handle(.applied(log[number - 1].place)) == [Self.apply(log[number])])
        }
        // There is room by now for what is read again.
        #expect(follower.handle(.applied(log[most - 1].place)) == [.read(from: log[most].header.index)])
        let found = log[most...].map(Self.key)
        #expect(follower.handle(.read(found, oldest: nil, hasMore: false)) == [Self.apply(log[most])])
        #expect(follower.received == place)
    }

    @Test func whoIsOfAnotherLifeIsTold() {
        let stops: [(Follower.Stop, Bool)] = [
            (.brokenChain(at: 3), true), (.termWentBack(at: 3), true), (.unknownLevel(2, at: 3, from: 11), false),
            (.levelInForce(2), false),
            (.unreadable(.malformed("index"), at: 3), false), (.brokenBatch(at: 3), false),
        ]
        for (stop, isDivergence) in stops { #expect(stop.isDivergence == isDivergence, "\(stop)") }
    }

    /// The table: what stops it, and never makes it skip an entry.
    @Test func whatCannotBeAppliedStops() {
        let third = Self.log(1)[0]
        func changed(_ change: (inout LogEntry.Header) -> Void) -> KeyValue {
            var key = Self.key(Self.log(1, change: change)[0])
            key.key = Self.keys.entry(3)
            return key
        }
        var text = Self.key(third)
        text.value = Array("hello".utf8)
        var form = Self.key(third)
        form.value = Array((#"{"format":9}"# + "\n").utf8)
        let rows: [(KeyValue, Follower.Stop)] = [
            (changed { $0.level = 2 }, .unknownLevel(2, at: 3, from: 11)),
            (changed { $0.previous = .start }, .brokenChain(at: 3)),
            (changed { $0.index = 4 }, .unreadable(.malformed("index"), at: 3)),
            (changed { $0.term = Term(generation: 3, epoch: 1) }, .unreadable(.malformed("generation"), at: 3)),
            (changed { $0.piece = 1 }, .brokenBatch(at: 3)),
            (text, .unreadable(.malformed("first line"), at: 3)), (form, .unreadable(.unknownFormat(9), at: 3)),
        ]
        for (key, stop) in rows {
            var follower = Self.following()
            #expect(follower.handle(.event(key)) == [.stop(stop)])
            #expect(follower.applied == Self.base)
            #expect(follower.known == nil && follower.followed == nil)
        }
        var late = Self.applying()
        var header = Self.log(2)[1].header
        header.term = Term(generation: 2, epoch: 29)
        #expect(late.handle(.event(Self.key(LogEntry(header, payload: [])))) == [.stop(.termWentBack(at: 4))])
    }

    @Test func aLevelItDoesNotKnowStops() {
        var follower = Self.applying()
        #expect(follower.handle(.level(1)) == [])
        #expect(follower.handle(.level(2)) == [.stop(.levelInForce(2))])
        // What it had taken is applied; nothing more is taken, and the first reason stays.
        let log = Self.log(2)
        #expect(follower.handle(.applied(log[0].place)) == [] && follower.applied == log[0].place)
        #expect(follower.handle(.event(Self.key(log[1]))) == [] && follower.handle(.level(3)) == [])
        #expect(follower.stop == .levelInForce(2) && follower.stop?.level == 2 && follower.followed == nil)
        // Another version reads on where this one ended, in another etcd too.
        #expect(follower.handle(Self.format(3, .start)) == [])
        #expect(Follower.Stop.brokenChain(at: 3).level == nil)
    }

    @Test func levelsBelowThoseItKnowsStopAsWell() {
        var follower = Follower(keys: Self.keys, levels: 2...3, applied: Self.base, term: Self.term)
        _ = follower.handle(.due)
        let old = Self.log(1)[0]
        let stop = Follower.Stop.unknownLevel(1, at: 3, from: 11)
        #expect(follower.handle(.read([Self.key(old)], oldest: 3, hasMore: false)) == [.stop(stop)])
        var newer = Follower(keys: Self.keys, levels: 2...3, applied: Self.base, term: Self.term)
        _ = newer.handle(.due)
        let entry = Self.log(1) { $0.level = 3 }[0]
        #expect(newer.handle(.read([Self.key(entry)], oldest: 3, hasMore: false)) == [Self.apply(entry)])
    }

    @Test func entriesAreAppliedOneAfterTheOther() {
        let log = Self.log(3)
        var follower = Self.following()
        #expect(follower.handle(.event(Self.key(log[0]))) == [Self.apply(log[0])])
        #expect(follower.handle(.event(Self.key(log[1]))) == [])
        #expect(follower.followed == nil)
        #expect(follower.handle(.applied(log[0].place)) == [Self.apply(log[1])])
        #expect(follower.handle(.applied(log[1].place)) == [])
        #expect(follower.followed == log[1].place)
        #expect(follower.applied == log[1].place)
    }

    /// Twelve entries, in every order three watches might tell of them: what is missing is read.
    @Test func gapsAreReadAndNothingIsAppliedTwice() {
        let log = Self.log(4)
        var follower = Self.following()
        #expect(follower.handle(.event(Self.key(log[2]))) == [.read(from: 3)])
        #expect(follower.handle(.event(Self.key(log[3]))) == [])
        let first = follower.handle(.read(log[..<2].map(Self.key), oldest: 3, hasMore: false))
        #expect(first == [Self.apply(log[0]), .read(from: 5)])
        #expect(follower.handle(.read(log[2...].map(Self.key), oldest: 3, hasMore: false)) == [])
        for (entry, next) in zip(log, log.dropFirst()) {
            #expect(follower.handle(.applied(entry.place)) == [Self.apply(next)])
        }
        #expect(follower.handle(.applied(log[3].place)) == [])
        #expect(follower.followed == log[3].place)
    }

    @Test func piecesAreAppliedTogether() {
        let log = Self.log(3) { header in
            (header.nonce, header.piece, header.hasMore) = (Nonce(high: 1, low: 1), header.index - 3, header.index < 5)
        }
        var follower = Self.following()
        #expect(follower.handle(.event(Self.key(log[0]))) == [])
        #expect(follower.handle(.event(Self.key(log[1]))) == [])
        #expect(follower.handle(.event(Self.key(log[2]))) == [.apply(LogChange(log))])
        #expect(LogChange(log).payload == Array("345".utf8))
        #expect(follower.applied == Self.base)
    }

    /// A batch whose writer was deposed, or found no room, is dropped by whatever comes after it.
    @Test func piecesOfABatchThatNeverEndedAreDropped() {
        let log = Self.log(2) { $0.hasMore = $0.index == 3 }
        var follower = Self.following()
        _ = follower.handle(.event(Self.key(log[0])))
        #expect(follower.followed == log[0].place)
        #expect(follower.handle(.event(Self.key(log[1]))) == [Self.apply(log[1])])
    }

    @Test func whatWaitsIsBoundedAndReadAgainLater() {
        let log = Self.log(Follower.mostWaiting + 5)
        var follower = Self.following()
        for entry in log { _ = follower.handle(.event(Self.key(entry))) }
        #expect(follower.received.index == 2 + Follower.mostWaiting)
        var effects: [Follower.Effect] = []
        for entry in log.prefix(Follower.mostWaiting) { effects = follower.handle(.applied(entry.place)) }
        #expect(effects == [.read(from: 3 + Follower.mostWaiting)])
    }

    @Test func anotherEtcdIsDecidedOnWhenNothingIsBeingApplied() {
        let third = Self.log(1)[0]
        var prefix = Self.applying()
        #expect(prefix.handle(Self.format(3, third.place)) == [])
        #expect(prefix.handle(.applied(third.place)) == [.read(from: 4)])
        #expect(prefix.keys.generation == 3)
        var more = Self.applying()
        _ = more.handle(Self.format(3, Self.base))
        #expect(more.handle(.applied(third.place)) == [.setAside])
        #expect(more.known == nil)
    }

    @Test func whatFailedIsAskedForAgain() {
        var aside = Self.aside()
        _ = aside.handle(.failed)
        #expect(aside.handle(.due) == [.setAside])
        var asking = Self.asking()
        _ = asking.handle(.failed)
        #expect(asking.handle(.due) == [.askChanges(since: Self.base)])
    }
}
