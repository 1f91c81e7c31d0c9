import EXAConf
import JobEngine
import Support
import Synchronization
import Testing
import Values
import Waiting

@testable import PeerLink

@Suite struct AcknowledgementTests {
    private let time = ManualTime()

    private func runner(
        _ node: Int, _ members: TestMembers, _ network: TestNetwork, own: any NodeRunner = RecordingRunner(file: nil)
    ) -> ClusterRunner {
        ClusterRunner(
            own,
            commands: CommandService(
                own, journal: MemoryJournal(), witness: SomeWitness(), time: time, master: { nil }),
            caller: network, cluster: members, time: time
        ) { nil }
    }

    private func word(_ node: Int, _ revision: Int) -> NodeAcknowledgement {
        NodeAcknowledgement(node: node, revision: revision, at: Timestamp(milliseconds: 5))
    }

    @Test func whoDecidesHearsWhatMembersHave() async throws {
        let master = runner(11, TestMembers(ownNode: 11), TestNetwork(from: 11) { _ in nil })
        let network = TestNetwork(from: 12) { $0 == 11 ? (0, master.routes) : nil }
        let member = runner(12, TestMembers(ownNode: 12), network)
        let work = Task { await member.run() }
        let heard = await time.passing {
            await member.acknowledge(word(12, 4))
            var iterator = master.acknowledgements().makeAsyncIterator()
            let first = await iterator.next()
            await member.acknowledge(word(12, 5))
            return [first, await iterator.next()]
        }
        #expect(heard == [word(12, 4), word(12, 5)])
        // Whoever reads next is told what is known.
        var again = master.acknowledgements().makeAsyncIterator()
        #expect(await again.next() == word(12, 5))
        work.cancel()
        await work.value
    }

    @Test func itIsToldUntilItIsHeardAndToWhoDecidesNext() async throws {
        let members = TestMembers(ownNode: 12)
        let masters = [11, 13].map { node in
            runner(node, TestMembers(ownNode: node, master: node), TestNetwork(from: node) { _ in nil })
        }
        let network = TestNetwork(from: 12) { node in
            node == 11 ? (0, masters[0].routes) : node == 13 ? (0, masters[1].routes) : nil
        }
        let faults = Waiter<Void>()
        network.make { faults.isAnswered ? .none : .lostRequest }
        let member = runner(12, members, network)
        let work = Task { await member.run() }
        let heard = await time.passing {
            await member.acknowledge(word(12, 4))
            while network.asked.count < 3 { await Task.yield() }
            faults.resume(returning: ())
            var first = masters[0].acknowledgements().makeAsyncIterator()
            let before = await first.next()
            members.change { $0.master = TestMembers.master(13) }
            var second = masters[1].acknowledgements().makeAsyncIterator()
            return [before, await second.next()]
        }
        #expect(heard == [word(12, 4), word(12, 4)])
        work.cancel()
        await work.value
    }

    @Test func aNodeWhoseStateBecameAnotherOneSaysLess() async throws {
        let master = runner(11, TestMembers(ownNode: 11), TestNetwork(from: 11) { _ in nil })
        let network = TestNetwork(from: 12) { $0 == 11 ? (0, master.routes) : nil }
        let member = runner(12, TestMembers(ownNode: 12), network)
        let work = Task { await member.run() }
        let heard = await time.passing {
            var iterator = master.acknowledgements().makeAsyncIterator()
            await member.acknowledge(word(12, 900))
            let first = await iterator.next()
            await member.acknowledge(word(12, 5))
            return [first, await iterator.next()]
        }
        #expect(heard == [word(12, 900), word(12, 5)])
        work.cancel()
        await work.value
    }

    @Test func anEditIsHandedToWhoDecides() async throws {
        let adopted = ClusterRunner.editRoute { (text, node) async throws(JobError) in
            guard text == Array("edit".utf8) else { throw JobError(.revisionConflict, "It is old.") }
            return 100 + node
        }
        let network = TestNetwork(from: 12) { $0 == 11 ? (0, [adopted]) : nil }
        let members = TestMembers(ownNode: 12)
        let own = KeptEdits()
        let member = runner(12, members, network, own: own)
        #expect(try await member.handEdit(Array("edit".utf8)) == 112)
        await #expect { try await member.handEdit(Array("other".utf8)) } throws: {
            ($0 as? JobError)?.code == .revisionConflict
        }
        await #expect { try await member.handEdit([0xFF]) } throws: {
            ($0 as? JobError)?.code == .configurationModified
        }
        for master in [13, 12] {
            members.change { $0.master = TestMembers.master(master) }
            await #expect { try await member.handEdit(Array("edit".utf8)) } throws: {
                ($0 as? JobError)?.code == .noMaster
            }
        }
        await member.keepEdit()
        #expect(own.count.withLock { $0 } == 1, "the file is kept by this machine")
    }

    /// Counts how often the file of this machine is kept.
    private final class KeptEdits: NodeRunner {
        let count = Mutex(0)

        func run(
            _ command: Command, job: JobID, step: Int, report: @escaping @Sendable (CommandReport) -> Void
        ) async -> CommandOutcome { .cancelled }

        func install(
            _ revision: RevisionRecord, of document: Document, suspended: Set<Int>
        ) async throws(InstallError) -> [Acknowledgement] { [] }

        func readConfiguration() async throws(InstallError) -> [UInt8]? { nil }

        func configurationWasTouched() async -> Bool { false }

        func keepEdit() async { count.withLock { $0 += 1 } }
    }

    @Test func whoDoesNotDecideTakesNoWord() async {
        let other = runner(13, TestMembers(ownNode: 13), TestNetwork(from: 13) { _ in nil })
        let network = TestNetwork(from: 12) { _ in (0, other.routes) }
        let peer = PeerAddress(node: 13, address: "::1", port: 1)
        await #expect(throws: PeerFault(.refused, "This node does not decide.")) {
            try await network.ask("ack", ["revision": 1, "at": 1], of: peer, within: .seconds(1))
        }
        await #expect(throws: PeerFault.self) {
            try await network.ask("ack", ["revision": "1"], of: peer, within: .seconds(1))
        }
    }

    /// Says of a node of the configuration what a runner of one machine says.
    private struct OwnRunner: NodeRunner {
        func run(
            _ command: Command, job: JobID, step: Int, report: @escaping @Sendable (CommandReport) -> Void
        ) async -> CommandOutcome { .cancelled }

        func install(
            _ revision: RevisionRecord, of document: Document, suspended: Set<Int>
        ) async throws(InstallError) -> [Acknowledgement] {
            [
                Acknowledgement(node: 11, state: .acknowledged), Acknowledgement(node: 12, state: .notJoined),
                Acknowledgement(node: 13, state: .suspended), Acknowledgement(node: 14, state: .notJoined),
            ]
        }

        func readConfiguration() async throws(InstallError) -> [UInt8]? { nil }

        func configurationWasTouched() async -> Bool { false }
    }

    @Test func membersAreWaitedForAndOthersAreNot() async throws {
        let runner = runner(11, TestMembers(ownNode: 11), TestNetwork(from: 11) { _ in nil }, own: OwnRunner())
        let document = try Document(parsing: "")
        let revision = RevisionRecord(
            number: 3, text: "", sha256: "", checksum: "", job: nil, user: "admin", reason: nil,
            at: Timestamp(milliseconds: 1))
        let told = try await runner.install(revision, of: document, suspended: [13])
        #expect(told.map(\.state) == [.acknowledged, .missing, .suspended, .notJoined])
    }
}
