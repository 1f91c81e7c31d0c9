import Testing

@testable import ClusterLog

/// What a node makes of each thing it hears, or does not hear.
@Suite struct VitalityTableTests {
    static func place(_ index: Int, _ chain: UInt8 = 0) -> LogPlace {
        LogPlace(index: index, chain: ChainValue(of: [UInt8(truncatingIfNeeded: index), chain]))
    }

    /// Of node 11 among three, with a watch that was opened at 0 s.
    static func listening() -> Vitality {
        var vitality = Vitality(node: 11, members: [11, 12, 13], at: .zero)
        _ = vitality.handle(.watchOpened, at: .zero)
        return vitality
    }

    static func quarantined() -> Vitality {
        var vitality = listening()
        _ = vitality.handle(.tailRead(place(5), own: place(8), asked: .zero), at: .zero)
        return vitality
    }

    /// The table: each input of a node that listens, of one that is silent, and of one in quarantine.
    @Test func eachInputHasItsEffect() {
        let (listening, quarantined) = (Self.listening(), Self.quarantined())
        let more = Vitality.Quarantine.knowsMore(from: 6, to: 8)
        let rows: [(Vitality, Vitality.Input, Duration, [Vitality.Effect])] = [
            (listening, .due, .seconds(5), []), (listening, .due, .seconds(6), [.reconnect]),
            (listening, .due, .seconds(600), [.reconnect, .readTail]), (listening, .heard, .seconds(7), []),
            (listening, .watchOpened, .seconds(7), []),
            (listening, .member(12, .init(applied: 3, isReady: true)), .seconds(1), []),
            (listening, .member(12, nil), .seconds(6), [.reconnect]), (listening, .suspended([12]), .seconds(1), []),
            (listening, .tailRead(Self.place(5), own: Self.place(4), asked: .zero), .seconds(1), []),
            (listening, .tailRead(Self.place(5), own: Self.place(5), asked: .zero), .seconds(1), []),
            (listening, .tailRead(Self.place(5), own: nil, asked: .zero), .seconds(1), []),
            (listening, .tailRead(Self.place(5), own: Self.place(8), asked: .zero), .seconds(1), [.quarantine(more)]),
            (
                listening, .tailRead(Self.place(5), own: Self.place(5, 1), asked: .zero), .seconds(1),
                [.quarantine(.differs(at: 5))]
            ),
            (listening, .generationChanged, .seconds(1), [.reconnect, .readTail]),

            (quarantined, .due, .seconds(1), []), (quarantined, .heard, .seconds(1), []),
            (quarantined, .watchOpened, .seconds(1), []), (quarantined, .member(12, nil), .seconds(1), []),
            (quarantined, .suspended([]), .seconds(1), []),
            // Somebody else's entries may have made up for it meanwhile: it stays as it was.
            (quarantined, .tailRead(Self.place(9), own: Self.place(8), asked: .zero), .seconds(1), []),
            (quarantined, .tailRead(Self.place(5), own: Self.place(8), asked: .zero), .seconds(1), []),
            (quarantined, .generationChanged, .seconds(1), [.reconnect, .readTail]),
        ]
        for (number, row) in rows.enumerated() {
            var vitality = row.0
            #expect(vitality.handle(row.1, at: row.2) == row.3, "row \(number)")
        }
    }

    @Test func quarantineLastsUntilAnotherEtcd() {
        var vitality = Self.quarantined()
        _ = vitality.handle(.tailRead(Self.place(9), own: Self.place(9), asked: .zero), at: .seconds(1))
        #expect(vitality.quarantine == .knowsMore(from: 6, to: 8))
        #expect(!vitality.mayCampaign(followed: Self.place(9), tail: Self.place(9), isReady: true))
        _ = vitality.handle(.generationChanged, at: .seconds(2))
        #expect(vitality.quarantine == nil)
        #expect(vitality.mayCampaign(followed: Self.place(9), tail: Self.place(9), isReady: true))
        #expect("\(Vitality.Quarantine.knowsMore(from: 6, to: 8))" == "entries 6 to 8 are known here and not to etcd")
    }

    @Test func onlyAWholeReadyNodeMayCampaign() {
        var vitality = Self.listening()
        let (five, other) = (Self.place(5), Self.place(5, 1))
        #expect(vitality.mayCampaign(followed: five, tail: five, isReady: true))
        #expect(!vitality.mayCampaign(followed: five, tail: five, isReady: false))
        #expect(!vitality.mayCampaign(followed: other, tail: five, isReady: true))
        #expect(!vitality.mayCampaign(followed: Self.place(4), tail: five, isReady: true))
        #expect(!vitality.mayCampaign(followed: nil, tail: five, isReady: true))
        #expect(!vitality.mayCampaign(followed: five, tail: nil, isReady: true))
        _ = vitality.handle(.suspended([11]), at: .zero)
        #expect(!vitality.mayCampaign(followed: five, tail: five, isReady: true))
    }

    @Test func ageCountsFromWhenTheNewestEntryWasAskedFor() {
        var vitality = Self.listening()
        #expect(vitality.age(at: .seconds(1)) == nil)
        #expect(vitality.isBehind(at: .seconds(1)))
        let read = Vitality.Input.tailRead(Self.place(5), own: Self.place(4), asked: .seconds(2))
        _ = vitality.handle(read, at: .seconds(4))
        #expect(vitality.confirmed == .init(at: .seconds(2), index: 5))
        #expect(vitality.age(at: .seconds(5)) == .seconds(3))
        #expect(!vitality.isBehind(at: .milliseconds(11_999)))
        #expect(vitality.isBehind(at: .seconds(12)))
    }

    @Test func anAnswerThatWasOvertakenChangesNothing() {
        var vitality = Self.listening()
        let place = Self.place(6)
        _ = vitality.handle(.tailRead(place, own: place, asked: .seconds(3)), at: .seconds(4))
        _ = vitality.handle(.tailRead(Self.place(5), own: Self.place(5), asked: .seconds(2)), at: .seconds(5))
        #expect(vitality.confirmed == .init(at: .seconds(3), index: 6))
    }

    /// A member of etcd that is cut off from the others tells its watches every 2 s that there is nothing to tell.
    @Test func aWatchConfirmsNothing() {
        var vitality = Self.listening()
        for node in [11, 12, 13] { _ = vitality.handle(.member(node, .init(applied: 5, isReady: true)), at: .zero) }
        #expect(!vitality.hasQuorum(at: .zero))
        let place = Self.place(5)
        _ = vitality.handle(.tailRead(place, own: place, asked: .zero), at: .zero)
        #expect(vitality.hasQuorum(at: .seconds(9)))
        for second in stride(from: 2, through: 20, by: 2) {
            // It lives, so it is not given up.
            #expect(vitality.handle(.heard, at: .seconds(second)).isEmpty)
            #expect(vitality.age(at: .seconds(second)) == .seconds(second))
        }
        #expect(vitality.isBehind(at: .seconds(20)))
        #expect(!vitality.hasQuorum(at: .seconds(20)))
        _ = vitality.handle(.tailRead(place, own: place, asked: .seconds(20)), at: .seconds(20))
        #expect(vitality.hasQuorum(at: .seconds(20)))
    }

    @Test func anotherEtcdHasConfirmedNothing() {
        var vitality = Self.listening()
        _ = vitality.handle(.tailRead(Self.place(5), own: Self.place(5), asked: .zero), at: .zero)
        _ = vitality.handle(.generationChanged, at: .seconds(1))
        #expect(vitality.confirmed == nil)
    }

    @Test func aWatchThatWasGivenUpIsNotBelieved() {
        var vitality = Self.listening()
        #expect(vitality.nextDue == .seconds(6))
        #expect(vitality.handle(.due, at: .seconds(6)) == [.reconnect])
        _ = vitality.handle(.heard, at: .seconds(7))
        #expect(vitality.handle(.due, at: .seconds(12)) == [.reconnect])
    }

    /// The table: members, those with a lease, those suspended, and whether changes are taken.
    @Test(
        arguments: [
            (1...1, [], [], true), (1...2, [1], [], true), (1...2, [], [], true), (1...3, [1, 2], [], true),
            (1...3, [1], [], false), (1...3, [1], [2], false), (1...3, [1], [2, 3], true), (1...4, [1, 2], [], false),
            (1...4, [1, 2, 3], [], true), (1...5, [1, 2, 3], [], true), (1...5, [1, 2], [], false),
            (1...5, [1, 2], [4, 5], true),
        ] as [(ClosedRange<Int>, [Int], [Int], Bool)])
    func changesNeedMoreThanHalf(members: ClosedRange<Int>, present: [Int], suspended: [Int], takes: Bool) {
        var vitality = Vitality(node: 1, members: Set(members), at: .zero)
        for node in present { _ = vitality.handle(.member(node, .init(applied: node, isReady: true)), at: .zero) }
        _ = vitality.handle(.suspended(Set(suspended)), at: .zero)
        _ = vitality.handle(.tailRead(Self.place(1), own: nil, asked: .zero), at: .zero)
        #expect(vitality.hasQuorum(at: .zero) == takes)
        #expect(vitality.appliedByAll == present.min())
    }

    /// Two rooms of two nodes, and a witness elsewhere: one room is enough.
    @Test func aWitnessWithAVoteCountsAsOneThatIsThere() {
        let rows: [(members: ClosedRange<Int>, present: [Int], hasWitness: Bool, takes: Bool)] = [
            (1...4, [1, 2], false, false), (1...4, [1, 2], true, true), (1...4, [1], true, false),
            (1...3, [1], true, false), (1...3, [1, 2], true, true), (1...2, [1], true, true),
        ]
        for row in rows {
            var vitality = Vitality(node: 1, members: Set(row.members), at: .zero)
            vitality.hasWitness = row.hasWitness
            for node in row.present { _ = vitality.handle(.member(node, .init(applied: 1, isReady: true)), at: .zero) }
            _ = vitality.handle(.tailRead(Self.place(1), own: nil, asked: .zero), at: .zero)
            #expect(vitality.hasQuorum(at: .zero) == row.takes, "\(row)")
        }
    }
}
