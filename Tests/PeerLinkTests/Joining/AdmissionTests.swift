import Support
import Synchronization
import Testing

@testable import PeerLink

@Suite struct AdmissionTests {
    private static let pause = Admission.pause

    @Test func aNodeIsAddedStartedAndPromoted() {
        var machine = Admission(node: 12)
        #expect(machine.handle(.begin, at: .zero) == [.add])
        #expect(machine.handle(.added(7), at: .zero) == [.start(7)])
        #expect(machine.handle(.started(true), at: .zero) == [.promote(7)])
        #expect(machine.handle(.promoted, at: .zero).isEmpty)
        #expect(machine.end == .voter && machine.nextDue == nil)
        #expect(machine.handle(.begin, at: .zero).isEmpty)
    }

    @Test func whatPassesIsToldOnceAndRepeated() {
        var machine = Admission(node: 12)
        _ = machine.handle(.begin, at: .zero)
        #expect(machine.handle(.refused(.unsettled), at: .zero) == [.say("etcd settles")])
        #expect(machine.handle(.due, at: .milliseconds(1)).isEmpty)
        #expect(machine.handle(.due, at: Self.pause) == [.add])
        // For as long as it takes, without another line.
        for round in 2...1000 {
            #expect(machine.handle(.refused(.unsettled), at: Self.pause * (round - 1)).isEmpty)
            #expect(machine.handle(.due, at: Self.pause * round) == [.add])
        }
    }

    @Test func aLearnerOfSomebodyElseIsWaitedForAndASilentOneTakenOut() {
        var machine = Admission(node: 12)
        _ = machine.handle(.begin, at: .zero)
        var now = Duration.zero
        #expect(machine.handle(.refused(.otherLearner), at: now).last == .lookForLearners)
        // One that answers is left alone for good.
        for _ in 0..<500 {
            _ = machine.handle(.learners([9: true]), at: now)
            now += Self.pause
            #expect(machine.handle(.due, at: now) == [.add])
            #expect(machine.handle(.refused(.otherLearner), at: now) == [.lookForLearners])
        }
        let silentSince = now
        while now - silentSince < Admission.silence {
            #expect(!machine.handle(.learners([9: false]), at: now).contains(.remove(9)))
            now += Self.pause
            _ = machine.handle(.due, at: now)
            _ = machine.handle(.refused(.otherLearner), at: now)
        }
        #expect(machine.handle(.learners([9: false]), at: now) == [.remove(9)])
        #expect(machine.handle(.removed, at: now) == [.add])
    }

    @Test func aNewcomerThatDoesNotComeUpIsTakenOut() throws {
        var machine = Admission(node: 12)
        _ = machine.handle(.begin, at: .zero)
        _ = machine.handle(.added(7), at: .zero)
        _ = machine.handle(.started(true), at: .zero)
        var now = Duration.zero
        while now < Admission.silence {
            #expect(!machine.handle(.refused(.notInSync), at: now).contains(.remove(7)))
            now += Self.pause
            #expect(machine.handle(.due, at: now) == [.promote(7)])
        }
        #expect(machine.handle(.refused(.notInSync), at: now) == [.remove(7)])
        #expect(
            machine.handle(.refused(.failed("no answer")), at: now) == [.say("etcd does not answer: no answer")])
        #expect(machine.handle(.due, at: now + Self.pause) == [.remove(7)])
        _ = machine.handle(.removed, at: now)
        guard case .refused(let reason)? = machine.end else { throw CancellationError() }
        #expect(reason.contains("node 12") && reason.contains("60 s"))
    }

    @Test func oneThatCannotBeToldIsTakenOutAsWell() {
        var machine = Admission(node: 12)
        _ = machine.handle(.begin, at: .zero)
        _ = machine.handle(.added(7), at: .zero)
        #expect(machine.handle(.started(false), at: .zero) == [.say("the node's etcd has not caught up yet")])
        #expect(machine.handle(.due, at: Self.pause) == [.start(7)])
        #expect(machine.handle(.started(false), at: Admission.silence) == [.remove(7)])
    }

    /// Nobody else would get a vote, nor lose one, while it is asked for again.
    @Test func oneThatWasRemovedIsNotAskedForAgain() {
        var machine = Admission(node: 13)
        _ = machine.handle(.begin, at: .zero)
        #expect(machine.handle(.refused(.noMember), at: .zero).isEmpty)
        #expect(machine.end == .refused("Node 13 is no member any more."))
    }

    @Test func anEtcdThatIsAwayIsNotTheNewcomersFault() {
        var machine = Admission(node: 12)
        for input: Admission.Input in [.begin, .added(7), .started(true)] { _ = machine.handle(input, at: .zero) }
        _ = machine.handle(.refused(.failed("no leader")), at: .seconds(59))
        #expect(machine.handle(.due, at: .seconds(61)) == [.promote(7)])
        #expect(!machine.handle(.refused(.notInSync), at: .seconds(61)).contains(.remove(7)))
        _ = machine.handle(.due, at: .seconds(62))
        _ = machine.handle(.refused(.voterAlready), at: .seconds(62))
        #expect(machine.end == .voter)
    }

    @Test func whatEtcdSaysIsKnownByItsWords() {
        let rows: [(String, MembershipRefusal)] = [
            ("etcd: etcdserver: too many learner members in cluster", .otherLearner),
            ("etcdserver: unhealthy cluster", .unsettled),
            ("etcdserver: re-configuration failed due to not enough started members", .unsettled),
            ("etcdserver: can only promote a learner member which is in sync with leader", .notInSync),
            ("etcdserver: can only promote a learner member", .voterAlready),
            ("etcdserver: member not found", .noMember), ("timeout", .failed("timeout")),
        ]
        for (text, refusal) in rows { #expect(MembershipRefusal(reading: text) == refusal) }
    }

    // MARK: The run

    private final class Etcd: VoteGranting {
        var hasAuthority: Bool { true }
        func handOver(to node: Int) async {}

        let calls = Mutex<[String]>([])
        private let addRefusals = Mutex(3)

        func add(_ node: Int) async throws(MembershipRefusal) -> UInt64 {
            calls.withLock { $0.append("add \(node)") }
            let isRefused = addRefusals.withLock { left in
                left -= 1
                return left >= 0
            }
            if isRefused { throw .unsettled }
            return 7
        }

        func promote(_ id: UInt64) async throws(MembershipRefusal) { calls.withLock { $0.append("promote \(id)") } }
        func remove(_ id: UInt64) async throws(MembershipRefusal) { calls.withLock { $0.append("remove \(id)") } }
        func takeBack(_ node: Int) async throws(MembershipRefusal) { calls.withLock { $0.append("take \(node)") } }
        func learners() async throws(MembershipRefusal) -> [UInt64: Bool] { [:] }
        func start(_ node: Int, as id: UInt64) async -> Bool {
            calls.withLock { $0.append("start \(node)") }
            return true
        }
    }

    private final class Lines: Sendable {
        let all = Mutex<[String]>([])

        func say(_ text: String) { all.withLock { $0.append(text) } }
    }

    /// An etcd that ends since it was removed has done what it was asked.
    @Test func whatNobodyAnsweredMayPass() {
        #expect(MembershipRefusal(reading: "etcdserver: server stopped").mayPass)
        #expect(MembershipRefusal(reading: "etcdserver: unhealthy cluster").mayPass)
        #expect(!MembershipRefusal(reading: "etcdserver: member not found").mayPass)
    }

    @Test func aRunRepeatsWithPauses() async {
        let (etcd, time) = (Etcd(), ManualTime())
        let lines = Lines()
        let run = AdmissionRun(node: 12, by: etcd, time: time)
        let end = await withTaskGroup(of: Admission.End?.self) { group in
            group.addTask { await run.run { text in lines.say(text) } }
            group.addTask {
                while !Task.isCancelled {
                    if time.sleepers.count > 0 { time.advance(by: Admission.pause) }
                    await Task.yield()
                }
                return nil
            }
            let end = await group.next() ?? nil
            group.cancelAll()
            return end
        }
        #expect(end == .voter)
        #expect(etcd.calls.withLock { $0 } == ["add 12", "add 12", "add 12", "add 12", "start 12", "promote 7"])
        #expect(lines.all.withLock { $0 } == ["etcd settles"])
    }
}
