import ClusterLog
import JobEngine
import Logging
import Posix
import Replication
import SQLiteStore
import Support
import Synchronization
import Testing
import Values

@testable import PeerLink

/// A member that has what the log does not keep any more from others.
@Suite struct PeerCatchUpTests {
    private let time = ManualTime()
    private let peers = JoinedPeers()

    private func member(_ node: Int, _ ends: ClosedRange<Int>...) async throws -> StateMember {
        let member = try StateMember(node)
        for numbers in ends { try await member.end(numbers) }
        peers.join(node, member.routes(time))
        return member
    }

    private func catchUp(_ member: StateMember, from others: StateMember...) -> PeerCatchUp {
        PeerCatchUp(
            asking(member, others), sink: member.store, asideFolder: member.folder + "/aside",
            log: Logger(label: "test"))
    }

    private func asking(_ member: StateMember, _ others: [StateMember]) -> StateAsking {
        let addresses = others.map(\.address)
        return StateAsking(peers, spool: member.spool) { addresses }
    }

    private func fetch(_ member: StateMember, _ others: StateMember...) -> HistoryFetch {
        HistoryFetch(
            asking(member, others), sink: member.store, state: member.store, time: time, log: Logger(label: "test"))
    }

    @Test func aNewMemberTakesTheStateAndThenThePast() async throws {
        let (old, new) = (try await member(11, 1...2000), try await member(12))
        let entry = try await old.store.applied()
        #expect(await catchUp(new, from: old).catchUp(since: .start, generation: 1) == .changed(to: entry))
        #expect(peers.asked == ["11 state"])
        #expect(try await new.store.dump().lacksPast)
        let history = fetch(new, old)
        var pages = 0
        while try await new.store.missingPage() != nil {
            #expect(await history.fetchNext() == HistoryFetch.rest)
            pages += 1
        }
        #expect(pages >= 5)
        #expect(await history.fetchNext() == HistoryFetch.idle)
        #expect(try await new.store.dump() == old.store.dump())
        // Nothing is left of what was on its way.
        #expect(try new.rests() == [] && old.rests() == [])
    }

    @Test func membersAreAskedInTurn() async throws {
        let (a, b, c) = (
            try await member(11, 1...9, 10...20), try await member(12, 1...9, 10...20),
            try await member(13, 1...9, 10...20)
        )
        let late = try await member(14, 1...9)
        peers.silence(11)
        peers.spoil(12)
        let place = try await late.store.applied().place
        let answer = await catchUp(late, from: a, b, c).catchUp(since: place, generation: 1)
        #expect(answer == .changed(to: try await c.store.applied()))
        #expect(peers.asked == ["11 changes", "12 changes", "13 changes"])
    }

    @Test func whoHasNotMoreOrAnotherGenerationIsNoHelp() async throws {
        let (a, late) = (try await member(11, 1...9), try await member(12, 1...9, 10...12))
        let place = try await late.store.applied().place
        #expect(await catchUp(late, from: a).catchUp(since: place, generation: 1) == .failed)
        #expect(
            await catchUp(a, from: late).catchUp(since: try await a.store.applied().place, generation: 2) == .failed)
        #expect(await catchUp(late).catchUp(since: place, generation: 1) == .failed)
        // The state is somewhere else than whoever asks believes.
        #expect(await catchUp(a, from: late).catchUp(since: place, generation: 1) == .failed)
        #expect(try await late.store.applied().place == place)
    }

    @Test func aStateNobodyKnowsIsPutAside() async throws {
        let (a, other) = (try await member(11, 1...9, 10...20, 21...30), try await member(12, 1...9))
        try await other.end(10...11, salt: "another life")
        let place = try await other.store.applied().place
        let catchUp = catchUp(other, from: a)
        #expect(await catchUp.catchUp(since: place, generation: 1) == .noPrefix)
        #expect(try await other.store.applied().place == place)
        #expect(await catchUp.catchUp(since: nil, generation: 1) == .changed(to: try await a.store.applied()))
        #expect(try other.rests() == ["aside"])
        let copy = other.folder + "/aside/jobs.generation-1-entry-2"
        #expect(Path.exists(copy + "/store.sqlite") && Path.exists(copy + "/diverged.json"))
        let history = fetch(other, a)
        while try await other.store.missingPage() != nil { _ = await history.fetchNext() }
        #expect(try await other.store.dump() == a.store.dump())
    }

    @Test func nothingIsPutAsideThatIsReplacedByNothing() async throws {
        let (a, other) = (try await member(11, 1...9), try await member(12, 1...5))
        let before = try await other.store.dump()
        peers.silence(11)
        #expect(await catchUp(other, from: a).catchUp(since: nil, generation: 1) == .failed)
        #expect(try await other.store.dump() == before)
    }

    @Test func thePastIsAskedForAgainAfterAWhile() async throws {
        let (a, new) = (try await member(11, 1...9), try await member(12))
        _ = await catchUp(new, from: a).catchUp(since: .start, generation: 1)
        peers.silence(11)
        #expect(await fetch(new, a).fetchNext() == HistoryFetch.longRest)
        #expect(await fetch(new).fetchNext() == HistoryFetch.longRest)
        #expect(try await new.store.missingPage() != nil)
    }

    /// What a node has that may be of another life is nobody's state.
    @Test func whoMayBeWrongGivesNothing() async throws {
        let (wrong, right, late) = (
            try await member(11, 1...9, 10...20), try await member(12, 1...9, 10...20), try await member(13, 1...9)
        )
        peers.join(11, StateRoutes(wrong.store, spool: wrong.spool, time: time) { "entry 2 is another one here" }.all)
        let place = try await late.store.applied().place
        #expect(await catchUp(late, from: wrong).catchUp(since: place, generation: 1) == .failed)
        #expect(try await late.store.applied().place == place)
        let answer = await catchUp(late, from: wrong, right).catchUp(since: place, generation: 1)
        #expect(answer == .changed(to: try await right.store.applied()))
        #expect(peers.asked == ["11 changes", "11 changes", "12 changes"])
    }

    /// The past waits for the log, and what is missing is told meanwhile.
    @Test func thePastWaitsUntilTheLogIsFollowed() async throws {
        let (old, new) = (try await member(11, 1...2000), try await member(12))
        _ = await catchUp(new, from: old).catchUp(since: .start, generation: 1)
        let (board, isComplete) = (PastBoard(), Mark())
        let history = HistoryFetch(
            asking(new, [old]), sink: new.store, state: new.store, time: time, log: Logger(label: "test"), board: board,
            isComplete: { isComplete.isSet })
        #expect(await history.fetchNext() == HistoryFetch.shortRest)
        #expect(board.missing == ClusterStatus.MissingPast(jobs: 2000, revisions: 0))
        #expect(peers.asked == ["11 state"])
        isComplete.set()
        #expect(await history.fetchNext() == HistoryFetch.rest)
        #expect(board.missing == ClusterStatus.MissingPast(jobs: 1500, revisions: 0))
        while try await new.store.missingPage() != nil { _ = await history.fetchNext() }
        #expect(board.missing == nil)
    }

    @Test(
        arguments: [
            .null, ["kind": "state"], ["kind": "changes", "generation": 1], ["kind": "state", "generation": -1],
            ["kind": "state", "generation": 1, "more": 1], ["kind": "nothing", "generation": 1],
            ["kind": "history", "generation": 1, "section": "secrets", "below": 1],
            ["kind": "history", "generation": 1, "section": "jobs", "below": -1],
        ] as [Value])
    func whatIsNoQuestionIsMalformed(body: Value) async throws {
        let a = try await member(11, 1...9)
        for route in a.routes(time) {
            do throws(PeerFault) {
                _ = try await route.answer(PeerQuestion(node: 12, address: "10.0.0.12", body: body))
                Issue.record("it was answered")
            } catch {
                #expect(error.code == .malformed)
            }
            #expect(!route.isOpen)
        }
    }

    @Test func aQuestionIsForItsOwnRoute() async throws {
        let a = try await member(11, 1...9)
        let requests: [StateRequest] = [
            .state(generation: 1), .changes(since: try await a.store.marks(), generation: 1),
            .history(HistoryPage(.archive, below: 5, own: .init(through: 2, sha256: "00")), generation: 1),
        ]
        for request in requests {
            #expect(try StateRequest(request.value) == request)
            let others = a.routes(time).filter { $0.name != request.route }
            #expect(others.count == 2)
            for route in others {
                await #expect(throws: PeerFault.self) {
                    _ = try await route.answer(PeerQuestion(node: 12, address: "10.0.0.12", body: request.value))
                }
            }
        }
    }
}

/// Whether something is so by now.
private final class Mark: Sendable {
    private let value = Mutex(false)

    var isSet: Bool { value.withLock { $0 } }

    func set() { value.withLock { $0 = true } }
}
