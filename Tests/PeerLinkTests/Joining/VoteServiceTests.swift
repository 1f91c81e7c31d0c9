import Logging
import Support
import Synchronization
import Testing
import Values
import Waiting

@testable import PeerLink

/// Votes are changed by who decides, and as long as they do.
struct VoteServiceTests {
    private let time = ManualTime()
    private let logger = Logger(label: "test")

    /// An etcd that never does what it is asked, and counts that.
    private final class StubbornEtcd: VoteGranting {
        let asked = Mutex(0)
        let hasAuthority: Bool
        let heirs = Mutex<[Int]>([])
        let takenBack = Mutex<Set<Int>>([])

        init(hasAuthority: Bool = true) { self.hasAuthority = hasAuthority }

        func handOver(to node: Int) async { heirs.withLock { $0.append(node) } }
        private func refuse() throws(MembershipRefusal) -> Never {
            asked.withLock { $0 += 1 }
            throw .failed("no leader")
        }

        func add(_ node: Int) async throws(MembershipRefusal) -> UInt64 { try refuse() }
        func promote(_ id: UInt64) async throws(MembershipRefusal) { try refuse() }
        func remove(_ id: UInt64) async throws(MembershipRefusal) { try refuse() }
        func takeBack(_ node: Int) async throws(MembershipRefusal) {
            takenBack.withLock { _ = $0.insert(node) }
            try refuse()
        }
        func learners() async throws(MembershipRefusal) -> [UInt64: Bool] { try refuse() }
        func start(_ node: Int, as id: UInt64) async -> Bool { false }
    }

    @Test func whoDecidesNoMoreAsksForNothing() async {
        let etcd = StubbornEtcd()
        let decides = Mutex(true)
        let end = await time.passing { [time] in
            await AdmissionRun(node: 12, by: etcd, time: time).run(
                while: { decides.withLock { $0 } },
                saying: { _ in
                    if etcd.asked.withLock({ $0 }) == 1 { decides.withLock { $0 = false } }
                })
        }
        #expect(end == nil)
        #expect(etcd.asked.withLock { $0 } == 1)
    }

    @Test func whoDoesNotDecideDoesNotSayThatAllIsWell() async {
        let members = Mutex<[Votes.Member]?>([Votes.Member(11, isVoter: true, isReady: true)])
        let service = VoteService(StubbornEtcd(), master: 11, time: time, logger: logger) {
            members.withLock { $0 }
        }
        let work = Task { await service.run() }
        await time.passing {
            while !service.board.lines(from: 0).isAtRest { await Task.yield() }
            members.withLock { $0 = nil }
            while service.board.lines(from: 0).isAtRest { await Task.yield() }
        }
        #expect(!service.board.lines(from: 0).isAtRest)
        work.cancel()
        await work.value
    }

    /// A vote that is left is taken back although somebody was removed on the way to theirs.
    @Test func whoWasRemovedOnTheWayIsInNobodysWay() async {
        let etcd = StubbornEtcd()
        let members = Mutex([11, 12, 13].map { Votes.Member($0, isVoter: $0 != 13, isReady: true) })
        let service = VoteService(etcd, master: 11, time: time, logger: logger) { members.withLock { $0 } }
        let work = Task { await service.run() }
        await time.passing {
            while etcd.asked.withLock({ $0 }) < 2 { await Task.yield() }
            members.withLock { $0 = $0.dropLast() }
            while etcd.takenBack.withLock({ $0 }) != [12] { await Task.yield() }
        }
        work.cancel()
        await work.value
    }

    @Test func votesThatLackAreWaitedForAWhile() async {
        let members = Mutex(
            [(11, true), (12, false), (13, true)].map { Votes.Member($0, isVoter: $0 == 11, isReady: $1) })
        let service = VoteService(StubbornEtcd(), master: 11, time: time, logger: logger) {
            members.withLock { $0 }
        }
        let begin = time.monotonic
        let work = Task { await service.run() }
        await time.passing { while !service.board.lines(from: 0).isAtRest { await Task.yield() } }
        #expect(time.monotonic - begin >= VoteService.patience, "node 12 may be ready soon")
        work.cancel()
        await work.value
    }

    @Test func aStandbyThatDecidesHandsOverToWhoCanGiveVotes() async {
        let etcd = StubbornEtcd(hasAuthority: false)
        let isThere = Mutex(false)
        let service = VoteService(etcd, master: 12, time: time, logger: logger) {
            [
                Votes.Member(11, isVoter: true, isReady: isThere.withLock { $0 }),
                Votes.Member(12, isVoter: false, isReady: true), Votes.Member(13, isVoter: false, isReady: true),
            ]
        }
        let work = Task { await service.run() }
        await time.passing {
            while Self.board(service).isEmpty { await Task.yield() }
            #expect(etcd.heirs.withLock { $0.isEmpty })
            isThere.withLock { $0 = true }
            while etcd.heirs.withLock({ $0.isEmpty }) { await Task.yield() }
        }
        work.cancel()
        await work.value
        #expect(Set(etcd.heirs.withLock { $0 }) == [11] && etcd.asked.withLock { $0 } == 0)
        #expect(!service.board.lines(from: 0).isAtRest, "whoever waits for a vote waits on")
    }

    private static func board(_ service: VoteService) -> [JoinLine] { service.board.lines(from: 0).lines }

    /// One whose etcd does not come up is asked again later; others on their way in are not kept by it.
    @Test func nobodyWaitsForOneThatWasTakenOut() {
        let board = VoteBoard(logger: logger)
        let members = [(11, true), (12, true), (13, false)].map { Votes.Member($0, isVoter: $1, isReady: true) }
        #expect(board.next(among: members) == 13)
        board.turnAway([13])
        #expect(board.next(among: members) == nil)
        #expect(board.next(among: members + [Votes.Member(14, isVoter: false, isReady: true)]) == 14)
        board.turnAway([])
        #expect(board.next(among: members) == 13)
    }

    @Test func onlyWhoDecidesGivesOrders() async throws {
        let orders = Mutex(0)
        let master = Mutex<Int?>(nil)
        let route = JoinSteps.voteRoute(master: { master.withLock { $0 } }) { _ async throws(PeerFault) in
            orders.withLock { $0 += 1 }
        }
        func ask(_ node: Int?) async throws(PeerFault) {
            _ = try await route.answer(PeerQuestion(node: node, address: "::1", body: [:]))
        }
        #expect(route.wantsTerm)
        for (decides, node, code) in [
            (nil, 11, .lowerTerm), (12, 11, .lowerTerm), (11, nil, .stranger),
        ] as [(Int?, Int?, PeerFault.Code)] {
            master.withLock { $0 = decides }
            await #expect { try await ask(node) } throws: { ($0 as? PeerFault)?.code == code }
        }
        #expect(orders.withLock { $0 } == 0)
        try await ask(11)
        #expect(orders.withLock { $0 } == 1)
    }
}
