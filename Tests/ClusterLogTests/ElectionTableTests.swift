import Testing
import Values

@testable import ClusterLog

/// What the election does about each thing that can happen, wherever it stands.
@Suite struct ElectionTableTests {
    static let keys = LogKeys(cluster: "c", generation: 2)
    static let name = MasterKey(node: 11, address: "10.0.0.11", port: 20_003, since: .init(milliseconds: 0))
    static let candidacy = Election.Candidacy(rank: 1, jitter: 100)
    static let term = Term(generation: 2, epoch: 30)
    static let own = Successor(node: 11, epoch: 30)
    static let another = Successor(node: 12, epoch: 30)

    static func call(_ number: Int) -> Election.Call { .init(number: number) }

    static func key(lease: Int, created: Int = 30) -> KeyValue {
        KeyValue(key: keys.master, value: [], created: created, lease: lease)
    }

    static func won(_ revision: Int = 30) -> TransactionAnswer {
        .init(succeeded: true, found: [], revision: revision)
    }

    static func taken(by key: KeyValue?) -> TransactionAnswer {
        .init(succeeded: false, found: [key.map { [$0] } ?? []], revision: 31)
    }

    static let campaign = Transaction(
        comparisons: [.isMissing("/confd/c/2/master")],
        success: [.put("/confd/c/2/master", value: name.bytes, lease: 5)], failure: [.get("/confd/c/2/master")])

    // Each of these has lease 5, asked for at 0 s, and is as of 1 s; calls are numbered from 1 on.

    static func follower() -> Election {
        var election = Election(keys: keys, name: name)
        _ = election.handle(.due, at: .zero)
        _ = election.handle(.granted(call(1), lease: 5), at: .zero)
        return election
    }

    static func waiting() -> Election {
        var election = follower()
        _ = election.handle(.candidacy(candidacy), at: .milliseconds(700))
        _ = election.handle(.masterSeen(nil, revision: 20), at: .milliseconds(700))
        return election
    }

    static func campaigning() -> Election {
        var election = waiting()
        _ = election.handle(.due, at: .seconds(1))
        return election
    }

    static func starting() -> Election {
        var election = campaigning()
        _ = election.handle(.campaigned(call(2), won()), at: .seconds(1))
        return election
    }

    static func master() -> Election {
        var election = starting()
        _ = election.handle(.began(term), at: .seconds(1))
        return election
    }

    @Test func statesAreWhatTheyAreCalled() {
        #expect(Self.follower().role == .follower)
        #expect(Self.waiting().role == .waiting(until: .seconds(1)))
        #expect(Self.campaigning().role == .campaigning(Self.call(2)))
        #expect(Self.starting().role == .starting(Self.term))
        #expect(Self.master().role == .master(Self.term))
    }

    /// The table: each input in each role, at 1 s.
    @Test func eachInputHasItsEffectInEachRole() {
        let (follower, waiting, campaigning) = (Self.follower(), Self.waiting(), Self.campaigning())
        let (starting, master) = (Self.starting(), Self.master())
        let campaign = [Election.Effect.campaign(Self.call(2), Self.campaign)]
        let begin = [Election.Effect.begin(Self.term)]
        func ended(_ reason: Election.Reason) -> [Election.Effect] {
            [.end(Self.term, reason), .revoke(lease: 5), .grant(Self.call(3))]
        }
        let other = Self.key(lease: 6, created: 40)
        let rows: [(Election, Election.Input, [Election.Effect], Election.Role)] = [
            (follower, .due, [], .follower),
            (follower, .campaigned(Self.call(2), Self.won()), [], .follower),
            (follower, .failed(Self.call(2)), [], .follower),
            (follower, .masterSeen(nil, revision: 20), [], .follower),
            (follower, .masterSeen(other, revision: 40), [], .follower),
            (follower, .masterSeen(Self.key(lease: 5), revision: 30), begin, .starting(Self.term)),
            (follower, .candidacy(Self.candidacy), [], .follower),
            (follower, .candidacy(nil), [], .follower),
            (follower, .began(Self.term), [], .follower),
            (follower, .stopped(.deposed), [], .follower),

            (waiting, .due, campaign, .campaigning(Self.call(2))),
            (waiting, .campaigned(Self.call(2), Self.won()), campaign, .campaigning(Self.call(2))),
            (waiting, .failed(Self.call(2)), campaign, .campaigning(Self.call(2))),
            (waiting, .masterSeen(nil, revision: 21), campaign, .campaigning(Self.call(2))),
            (waiting, .masterSeen(other, revision: 40), [], .follower),
            (waiting, .masterSeen(Self.key(lease: 5), revision: 30), begin, .starting(Self.term)),
            (waiting, .candidacy(nil), [], .follower),
            (waiting, .began(Self.term), campaign, .campaigning(Self.call(2))),
            (waiting, .stopped(.deposed), campaign, .campaigning(Self.call(2))),

            (campaigning, .due, [], .campaigning(Self.call(2))),
            (campaigning, .campaigned(Self.call(2), Self.won()), begin, .starting(Self.term)),
            (campaigning, .campaigned(Self.call(2), Self.taken(by: other)), [], .follower),
            // The first of two attempts was won without its answer being heard.
            (campaigning, .campaigned(Self.call(2), Self.taken(by: Self.key(lease: 5))), begin, .starting(Self.term)),
            (campaigning, .campaigned(Self.call(2), Self.taken(by: nil)), [], .waiting(until: .milliseconds(1100))),
            (campaigning, .campaigned(Self.call(1), Self.won()), [], .campaigning(Self.call(2))),
            (campaigning, .failed(Self.call(2)), [], .waiting(until: .milliseconds(1100))),
            (campaigning, .failed(Self.call(1)), [], .campaigning(Self.call(2))),
            (campaigning, .masterSeen(nil, revision: 25), [], .campaigning(Self.call(2))),
            (campaigning, .masterSeen(other, revision: 40), [], .campaigning(Self.call(2))),
            (campaigning, .masterSeen(Self.key(lease: 5), revision: 30), begin, .starting(Self.term)),
            (campaigning, .candidacy(nil), [], .campaigning(Self.call(2))),
            (campaigning, .began(Self.term), [], .campaigning(Self.call(2))),
            (campaigning, .stopped(.leaving), [], .campaigning(Self.call(2))),

            (starting, .due, [], .starting(Self.term)),
            (starting, .campaigned(Self.call(2), Self.won()), [], .starting(Self.term)),
            (starting, .failed(Self.call(2)), [], .starting(Self.term)),
            (starting, .masterSeen(nil, revision: 29), [], .starting(Self.term)),
            (starting, .masterSeen(nil, revision: 31), ended(.deposed), .follower),
            (starting, .masterSeen(other, revision: 40), ended(.deposed), .follower),
            (starting, .masterSeen(Self.key(lease: 5), revision: 30), [], .starting(Self.term)),
            (starting, .candidacy(nil), [], .starting(Self.term)),
            (starting, .began(Self.term), [], .master(Self.term)),
            (starting, .began(Term(generation: 2, epoch: 29)), [], .starting(Self.term)),
            (starting, .stopped(.cannotApply), ended(.cannotApply), .follower),

            (master, .due, [], .master(Self.term)),
            (master, .campaigned(Self.call(2), Self.won()), [], .master(Self.term)),
            (master, .failed(Self.call(2)), [], .master(Self.term)),
            (master, .masterSeen(nil, revision: 29), [], .master(Self.term)),
            (master, .masterSeen(nil, revision: 31), ended(.deposed), .follower),
            (master, .masterSeen(other, revision: 40), ended(.deposed), .follower),
            (master, .masterSeen(Self.key(lease: 5), revision: 30), [], .master(Self.term)),
            (master, .candidacy(nil), [], .master(Self.term)),
            (master, .began(Self.term), [], .master(Self.term)),
            (master, .stopped(.deposed), ended(.deposed), .follower),
            (master, .stopped(.leaving), ended(.leaving), .follower),
        ]
        for (place, row) in rows.enumerated() {
            var election = row.0
            #expect(election.handle(row.1, at: .seconds(1)) == row.2, "row \(place)")
            #expect(election.role == row.3, "row \(place)")
        }
    }

    /// The table: what happens to the lease.
    @Test func aLeaseIsAskedForKeptAndReplaced() {
        var election = Election(keys: Self.keys, name: Self.name)
        #expect(election.handle(.due, at: .zero) == [.grant(Self.call(1))])
        #expect(election.handle(.kept(Self.call(1), isThere: true), at: .zero) == [])
        #expect(election.handle(.failed(Self.call(1)), at: .seconds(1)) == [])
        #expect(election.nextDue == .milliseconds(1_500))
        #expect(election.handle(.due, at: .milliseconds(1_500)) == [.grant(Self.call(2))])
        #expect(election.handle(.granted(Self.call(1), lease: 4), at: .seconds(2)) == [])
        #expect(election.handle(.granted(Self.call(2), lease: 5), at: .seconds(2)) == [])
        #expect(election.leaseID == 5)
        // The age of a lease counts from when it was asked for.
        #expect(election.nextDue == .seconds(4))
        #expect(election.handle(.due, at: .seconds(4)) == [.keepAlive(Self.call(3), lease: 5)])
        #expect(election.handle(.failed(Self.call(3)), at: .seconds(5)) == [])
        #expect(election.nextDue == .milliseconds(5_100))
        #expect(election.handle(.due, at: .milliseconds(5_100)) == [.keepAlive(Self.call(4), lease: 5)])
        #expect(election.handle(.kept(Self.call(3), isThere: false), at: .seconds(6)) == [])
        #expect(election.handle(.kept(Self.call(4), isThere: true), at: .seconds(6)) == [])
        #expect(election.nextDue == .milliseconds(7_600))
        #expect(election.handle(.due, at: .seconds(8)) == [.keepAlive(Self.call(5), lease: 5)])
        #expect(election.handle(.kept(Self.call(5), isThere: false), at: .seconds(8)) == [.grant(Self.call(6))])
        #expect(election.leaseID == nil)
    }

    @Test func aMasterIsFencedByComparisonBeforeItsLeaseCanEnd() {
        var master = Self.master()
        #expect(master.isMaster(at: .milliseconds(6_999)))
        #expect(!master.isMaster(at: .seconds(7)))
        #expect(!Self.starting().isMaster(at: .seconds(1)))
        // A node that slept is none at its first instruction, whatever it is told then.
        let effects = master.handle(.kept(Self.call(3), isThere: true), at: .seconds(60))
        #expect(effects == [.end(Self.term, .fenced), .revoke(lease: 5), .grant(Self.call(3))])
    }

    @Test func keepingTheLeaseMovesTheFenceByWhenItWasSent() {
        var master = Self.master()
        #expect(master.handle(.due, at: .milliseconds(2_500)) == [.keepAlive(Self.call(3), lease: 5)])
        _ = master.handle(.kept(Self.call(3), isThere: true), at: .seconds(3))
        #expect(master.isMaster(at: .milliseconds(9_499)))
        #expect(!master.isMaster(at: .milliseconds(9_500)))
    }

    @Test func aMasterWhoseLeaseIsGoneEndsItsTerm() {
        var master = Self.master()
        _ = master.handle(.due, at: .milliseconds(2_500))
        let effects = master.handle(.kept(Self.call(3), isThere: false), at: .seconds(3))
        #expect(effects == [.end(Self.term, .leaseGone), .revoke(lease: 5), .grant(Self.call(4))])
    }

    @Test func anElectionWonTooLateIsGivenBack() {
        var election = Self.campaigning()
        let effects = election.handle(.campaigned(Self.call(2), Self.won()), at: .seconds(8))
        #expect(effects == [.end(Self.term, .fenced), .revoke(lease: 5), .grant(Self.call(3))])
    }

    /// Whoever may have won without hearing it and is no candidate any more takes care that the key goes.
    @Test func aCandidateThatMayHaveWonGivesUpItsLease() {
        var election = Self.campaigning()
        _ = election.handle(.failed(Self.call(2)), at: .seconds(1))
        #expect(election.handle(.candidacy(nil), at: .seconds(1)) == [.revoke(lease: 5), .grant(Self.call(3))])
        #expect(election.role == .follower)
    }

    @Test func masteryIsRegainedWithAnEpochOfItsOwn() {
        var election = Self.master()
        _ = election.handle(.stopped(.deposed), at: .seconds(1))
        _ = election.handle(.granted(Self.call(3), lease: 6), at: .seconds(1))
        // What is still told of the former key is not about this lease.
        #expect(election.handle(.masterSeen(Self.key(lease: 5), revision: 31), at: .seconds(1)) == [])
        _ = election.handle(.masterSeen(nil, revision: 33), at: .seconds(1))
        #expect(election.handle(.due, at: .seconds(2)).count == 1)
        let effects = election.handle(.campaigned(Self.call(4), Self.won(34)), at: .seconds(2))
        #expect(effects == [.begin(Term(generation: 2, epoch: 34))])
    }

    /// An etcd that was put back has lower revisions, and is believed all the same once that is known.
    @Test func whatAnEtcdSaysThatWentBackCounts() {
        for state in [Self.follower(), Self.waiting(), Self.campaigning(), Self.starting(), Self.master()] {
            var (told, untold) = (state, state)
            #expect(told.handle(.wentBack, at: .seconds(1)) == untold.handle(.due, at: .seconds(1)))
            #expect(told.role == untold.role)
        }
        var election = Self.follower()
        _ = election.handle(.candidacy(Self.candidacy), at: .seconds(1))
        _ = election.handle(.masterSeen(Self.key(lease: 6, created: 40), revision: 900), at: .seconds(1))
        _ = election.handle(.masterSeen(nil, revision: 50), at: .seconds(1))
        #expect(election.role == .follower)
        _ = election.handle(.wentBack, at: .seconds(1))
        _ = election.handle(.masterSeen(nil, revision: 50), at: .seconds(1))
        #expect(election.role == .waiting(until: .milliseconds(1_300)))
        var master = Self.master()
        _ = master.handle(.wentBack, at: .seconds(1))
        #expect(master.handle(.masterSeen(Self.key(lease: 5), revision: 30), at: .seconds(1)) == [])
        #expect(master.handle(.masterSeen(nil, revision: 31), at: .seconds(1)).first == .end(Self.term, .deposed))
    }

    @Test func candidatesWaitByRank() {
        #expect(Election.Candidacy(rank: 0, jitter: 300).wait == .milliseconds(300))
        #expect(Election.Candidacy(rank: 2, jitter: 301).wait == .milliseconds(400))
    }

    // MARK: Handing over

    /// The table: who was named, in each role, at 1 s.
    @Test func whoIsNamedCountsForWhoWaits() {
        let waits = Election.Role.waiting(until: .milliseconds(4_300))
        let rows: [(Election, Successor, [Election.Effect], Election.Role)] = [
            (Self.follower(), Self.own, [], .follower), (Self.follower(), Self.another, [], .follower),
            (Self.waiting(), Self.own, [.campaign(Self.call(2), Self.campaign)], .campaigning(Self.call(2))),
            (Self.waiting(), Self.another, [], waits),
            (Self.campaigning(), Self.another, [], .campaigning(Self.call(2))),
            (Self.starting(), Self.another, [], .starting(Self.term)),
            (Self.master(), Self.another, [], .master(Self.term)),
        ]
        for (place, row) in rows.enumerated() {
            var election = row.0
            #expect(election.handle(.named(row.1), at: .seconds(1)) == row.2, "row \(place)")
            #expect(election.role == row.3, "row \(place)")
        }
    }

    /// One that waits for the master of epoch 40, and may follow it.
    private static func candidate() -> Election {
        var election = follower()
        _ = election.handle(.candidacy(candidacy), at: .milliseconds(700))
        _ = election.handle(.masterSeen(key(lease: 6, created: 40), revision: 40), at: .milliseconds(700))
        return election
    }

    /// Who was named by whom, and until when a candidate waits that sees the master go at 1 s, in milliseconds.
    static let named: [(Successor?, Int)] = [
        (nil, 1_300), (Successor(node: 12, epoch: 40), 4_300), (Successor(node: 12, epoch: 39), 1_300),
        (Successor(node: 12, epoch: 41), 4_300), (Successor(node: 11, epoch: 39), 1_300),
    ]

    @Test(arguments: named) func whoIsNotNamedLetsTheOtherGoFirst(successor: Successor?, until: Int) {
        var election = Self.candidate()
        if let successor { _ = election.handle(.named(successor), at: .milliseconds(800)) }
        _ = election.handle(.masterSeen(nil, revision: 41), at: .seconds(1))
        #expect(election.role == .waiting(until: .milliseconds(until)))
        // It is told as often as it is read.
        if let successor { _ = election.handle(.named(successor), at: .milliseconds(1_100)) }
        #expect(election.role == .waiting(until: .milliseconds(until)))
    }

    @Test func whoIsNamedGoesAtOnce() {
        var election = Self.candidate()
        _ = election.handle(.named(Successor(node: 11, epoch: 40)), at: .milliseconds(800))
        let effects = election.handle(.masterSeen(nil, revision: 41), at: .seconds(1))
        #expect(effects == [.campaign(Self.call(2), Self.campaign)])
    }

    @Test func whoIsNamedWithoutBeingACandidateStaysAFollower() {
        var election = Self.candidate()
        _ = election.handle(.candidacy(nil), at: .milliseconds(800))
        _ = election.handle(.named(Successor(node: 11, epoch: 40)), at: .milliseconds(800))
        #expect(election.handle(.masterSeen(nil, revision: 41), at: .seconds(1)) == [])
        #expect(election.role == .follower)
    }

    @Test func whoHandedOverWaitsLikeTheOthers() {
        var election = Self.master()
        _ = election.handle(.named(Self.another), at: .seconds(1))
        _ = election.handle(.stopped(.leaving), at: .seconds(1))
        _ = election.handle(.granted(Self.call(3), lease: 6), at: .seconds(1))
        _ = election.handle(.masterSeen(nil, revision: 33), at: .seconds(1))
        #expect(election.role == .waiting(until: .milliseconds(4_300)))
    }

    /// Otherwise nobody would be elected as long as its lease lives.
    @Test func whoMayHaveWonLetsNobodyGoFirst() {
        var election = Self.campaigning()
        _ = election.handle(.failed(Self.call(2)), at: .seconds(1))
        _ = election.handle(.named(Self.another), at: .seconds(1))
        #expect(election.role == .waiting(until: .milliseconds(1_100)))
    }

    @Test func onlyTheMasterNamesWhoFollowsIt() {
        let successor = Successor(node: 12, epoch: 30)
        #expect(Successor(successor.bytes) == successor)
        let put = successor.transaction(Self.keys)
        #expect(put.comparisons == [.created("/confd/c/2/master", at: 30)])
        #expect(put.success == [.put("/confd/c/2/next", value: successor.bytes, lease: nil)])
        for text in ["", "{}", #"{"node":12}"#, #"{"node":12,"epoch":0}"#, #"{"node":"12","epoch":3}"#] {
            #expect(Successor(Array(text.utf8)) == nil)
        }
    }

    @Test func aMastersKeyIsReadAsItWasWritten() {
        #expect(MasterKey(Self.name.bytes) == Self.name)
        for text in ["", "{}", #"{"node":1,"address":"a","port":70000,"since":1}"#] {
            #expect(MasterKey(Array(text.utf8)) == nil)
        }
    }
}
