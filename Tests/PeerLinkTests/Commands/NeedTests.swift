import JobEngine
import Support
import Synchronization
import Testing
import Values

@testable import PeerLink

/// What a node needs reaches whoever decides.
@Suite struct NeedTests {
    private let time = ManualTime()

    private func runner(_ node: Int, _ members: TestMembers, _ network: TestNetwork) -> ClusterRunner {
        let own = RecordingRunner(file: nil)
        return ClusterRunner(
            own,
            commands: CommandService(
                own, journal: MemoryJournal(), witness: SomeWitness(), time: time, master: { nil }),
            caller: network, cluster: members, time: time
        ) { nil }
    }

    /// What was taken, of whom.
    private final class Taken: Sendable {
        let needs = Mutex<[String]>([])
        let isFull = Mutex(false)

        func take(_ need: NodeNeed, of node: Int) -> Bool {
            needs.withLock { $0.append("\(node) \(need)") }
            return isFull.withLock { !$0 }
        }
    }

    @Test func whoDecidesTakesIt() async {
        let taken = Taken()
        let route = ClusterRunner.needRoute { taken.take($0, of: $1) }
        let members = TestMembers(ownNode: 12)
        let member = runner(12, members, TestNetwork(from: 12) { $0 == 11 ? (0, [route]) : nil })
        #expect(await member.handOn(.database("exa_db")))
        #expect(await member.handOn(.certificate))
        #expect(taken.needs.withLock { $0 } == ["12 database(\"exa_db\")", "12 certificate"])
        taken.isFull.withLock { $0 = true }
        #expect(await !member.handOn(.certificate))
        // Nobody answers at 13, and this node asks nobody while it decides.
        for master in [13, 12] {
            members.change { $0.master = TestMembers.master(master) }
            #expect(await !member.handOn(.certificate))
        }
        #expect(taken.needs.withLock { $0.count } == 3)
    }

    @Test func whatIsNoNeedIsRefused() async {
        let taken = Taken()
        let route = ClusterRunner.needRoute { taken.take($0, of: $1) }
        for (node, body) in [(12, [:]), (12, ["database": ""]), (nil, ["certificate": true])] as [(Int?, Value)] {
            await #expect {
                try await route.answer(PeerQuestion(node: node, address: "10.0.0.1", body: body))
            } throws: {
                ($0 as? PeerFault)?.code == .malformed
            }
        }
        #expect(taken.needs.withLock { $0.isEmpty })
    }
}
