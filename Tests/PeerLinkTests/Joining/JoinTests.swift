import Foundation
import Support
import Synchronization
import Testing
import Values

@testable import PeerLink

@Suite struct JoinTests {
    private static func progress(votesChange: Bool = true) throws -> JoinProgress {
        JoinProgress(try InvitationTests.sample(), into: "exa1", votesChange: votesChange)
    }

    @Test func stepsFollowOneAnotherAndEachIsKept() throws {
        var join = Join(try Self.progress())
        var effects = join.handle(.begin)
        var (performed, kept): ([Join.Step], [Join.Step?]) = ([], [])
        while let effect = effects.first {
            #expect(effects.count == 1)
            switch effect {
            case .perform(let step):
                performed.append(step)
                #expect(join.place.number == performed.count && join.place.count == 7)
                effects = join.handle(.done)
            case .keep(let progress):
                kept.append(progress?.next)
                effects = join.handle(.kept)
            }
        }
        #expect(performed == Join.Step.allCases)
        #expect(kept == Array(Join.Step.allCases.dropFirst()).map { $0 } + [nil])
        #expect(join.end == .node)
    }

    @Test func withoutAVoteThereAreSixSteps() throws {
        #expect(try Self.progress(votesChange: false).steps == [.certificate, .state, .files, .daemon, .log, .ready])
    }

    /// Killed before and behind each step, it goes on with the step it was at, and never with a later one.
    @Test(arguments: Join.Step.allCases) func whoIsKilledGoesOn(at step: Join.Step) throws {
        for isKept in [false, true] {
            var join = Join(try Self.progress())
            var effects = join.handle(.begin)
            var disk: JoinProgress? = try Self.progress()
            while let effect = effects.first {
                if case .perform(step) = effect, !isKept { break }
                guard case .keep(let progress) = effect else {
                    effects = join.handle(.done)
                    continue
                }
                if isKept, join.place.number > (Join.Step.allCases.firstIndex(of: step) ?? 0) + 1 { break }
                disk = progress
                effects = join.handle(.kept)
            }
            guard let disk else { continue }
            let read = try #require(JoinProgress(disk.value))
            #expect(read == disk)
            var again = Join(read)
            #expect(again.handle(.begin) == [.perform(read.next)])
            if !isKept { #expect(read.next == step) }
        }
    }

    @Test func theInvitationIsForgottenWithItsUse() throws {
        var progress = try Self.progress()
        #expect(progress.invitation != nil && !"\(progress)".contains("confd1."))
        progress.pass(to: .state)
        #expect(progress.invitation == nil)
        #expect(JoinProgress(["steps": ["certificate", "ready"], "next": "certificate", "cluster": "exa1"]) == nil)
        #expect(JoinProgress(["steps": ["ready", "certificate"], "next": "ready", "cluster": "exa1"]) == nil)
        #expect(JoinProgress(["steps": ["state"], "next": "state", "cluster": "exa1"]) == nil)
        #expect(JoinProgress([:]) == nil)
    }

    @Test func theSameInvitationIsKnownAfterItsUse() throws {
        let (own, other) = (try InvitationTests.sample(), try InvitationTests.sample())
        var progress = JoinProgress(own, into: "exa1", votesChange: true, former: "00aa")
        progress.pass(to: .votes)
        let read = try #require(JoinProgress(progress.value))
        #expect(read == progress && read.former == "00aa" && read.isBy(own))
        let others = try #require(
            Invitation(
                node: other.node, secret: [UInt8](repeating: 9, count: 16), authority: other.authority,
                places: other.places))
        #expect(!read.isBy(others))
    }

    @Test func theRestIsForTheDaemon() throws {
        var join = Join(try Self.progress(), upTo: .certificate)
        #expect(join.handle(.begin) == [.perform(.certificate)])
        guard case .keep(let progress?)? = join.handle(.done).first else { throw CancellationError() }
        #expect(join.handle(.kept).isEmpty && join.end == .handedOver)
        var resumed = Join(progress, upTo: .certificate)
        #expect(resumed.handle(.begin).isEmpty && resumed.end == .handedOver)
    }

    @Test func whatIsRefusedStaysWhereItWas() throws {
        var join = Join(try Self.progress())
        _ = join.handle(.begin)
        #expect(join.handle(.refused(.noEtcd)).isEmpty && join.end == .refused(.noEtcd))
        #expect(join.handle(.done).isEmpty && join.handle(.begin).isEmpty)
    }

    // MARK: The run

    private final class Work: JoinWork {
        let failing: Join.Step?
        let done = Mutex<[Join.Step]>([])

        init(failing: Join.Step?) { self.failing = failing }

        func perform(
            _ step: Join.Step, saying say: @Sendable (JoinLine) async -> Void
        ) async throws(JoinRefusal) -> (text: String, result: String) {
            if step == failing { throw .notNow("no") }
            done.withLock { $0.append(step) }
            if step == .votes { await say(JoinLine("etcd settles", "5.0 s")) }
            return (step.rawValue, step == .certificate ? "valid" : "")
        }
    }

    @Test func aRunThatFailedGoesOnFromItsFile() async throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "confd-join-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: root.appending(path: "etc"), withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: root) }
        let folder = MemberFolder(root: root.path)
        let lines = Mutex<[String]>([])
        let first = Work(failing: .files)
        let end = await JoinRun(first, in: folder, time: ManualTime()).run(try Self.progress()) { line in
            lines.withLock { $0.append(line.shown) }
        }
        #expect(end == .refused(.notNow("no")))
        let progress = try #require(try folder.joining())
        #expect(progress.next == .files && progress.invitation == nil)
        let second = Work(failing: nil)
        let rest = await JoinRun(second, in: folder, time: ManualTime()).run(progress) { line in
            lines.withLock { $0.append(line.shown) }
        }
        #expect(rest == .node)
        #expect(try folder.joining() == nil)
        #expect(first.done.withLock { $0 } + second.done.withLock { $0 } == Join.Step.allCases)
        #expect(
            lines.withLock { $0 } == [
                "[1/7] certificate                       valid", "[2/7] state                             0.0 s",
                "[3/7] files                             0.0 s", "[4/7] daemon                            0.0 s",
                "      etcd settles                      5.0 s", "[5/7] votes                             0.0 s",
                "[6/7] log                               0.0 s", "[7/7] ready                             0.0 s",
            ])
    }

    @Test func anOrderToVoteIsReadAsItWasSent() throws {
        let others = ["n11": try #require(JoinPlace(address: "10.0.0.11", port: 20380))]
        for member in [nil, 7, UInt64.max] {
            let order = VoteOrder(
                cluster: "c1", generation: 1, life: 2, member: member, others: others, authority: "a",
                authorityKey: "secret")
            #expect(VoteOrder(order.value) == order)
            #expect(!"\(order)".contains("secret") && !String(reflecting: order).contains("secret"))
        }
        // A witness lets nobody in, and gets no authority; half of one is none.
        let order = VoteOrder(
            cluster: "c1", generation: 1, life: 1, member: 7, others: others, authority: nil, authorityKey: nil)
        #expect(VoteOrder(order.value) == order)
        var half = order.value.map ?? [:]
        half["authority"] = "a"
        #expect(VoteOrder(.map(half)) == nil)
    }

    @Test func numbersAndTimesAreForPeople() {
        for (number, text) in [(0, "0"), (999, "999"), (18_220, "18,220"), (1_204_511, "1,204,511"), (-1000, "-1,000")]
        {
            #expect(JoinLine.grouped(number) == text)
        }
        #expect(JoinLine.seconds(.milliseconds(420)) == "0.4 s" && JoinLine.seconds(.seconds(5)) == "5.0 s")
        #expect(JoinLine.fact("node", "12") == "node       12")
    }

    @Test func theBoardTellsFromALineOn() {
        let board = JoinBoard()
        for number in 1...3 { board.say(JoinLine("step \(number)")) }
        #expect(board.value(from: 1) == ["lines": ["      step 2", "      step 3"], "done": false])
        board.finish(.node, sentence: "2 nodes")
        #expect(board.value(from: 9) == ["lines": [], "done": true, "sentence": "2 nodes"])
        board.finish(.refused(.noEtcd))
        #expect(board.value(from: 3)["exit_code"] == 69)
    }
}
