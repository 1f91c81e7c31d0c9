import ClusterLog
import JobEngine
import Support
import Testing

@testable import Replication

/// Terms others name, and what is decided by a look at the state.
@Suite struct DecidingTests {
    private struct Refused: Error, Equatable {
        let cause: StoreError?
    }

    @Test func aTermIsThatOfEtcdAndOfItsNode() async throws {
        try await TestCluster.live { cluster in
            let (master, _) = try await cluster.elected()
            let other = try #require(cluster.nodes.first { $0.number != master.number })
            let term = try #require(master.view.term)
            let link = try cluster.link(other.number)
            let look = TermLook(link, other.member.board, cluster: TestCluster.id)
            #expect(await look.holds(term, of: master.number) == true)
            #expect(await look.holds(term, of: nil) == true)
            #expect(await look.holds(term, of: other.number) == false)
            for epoch in [0, term.epoch - 1, term.epoch + 1, 999_999_999_999_999_999] {
                #expect(await look.holds(Term(generation: term.generation, epoch: epoch), of: nil) == false)
            }
            #expect(await look.holds(Term(generation: term.generation - 1, epoch: term.epoch), of: nil) == false)
            #expect(await look.holds(Term(generation: term.generation + 1, epoch: term.epoch), of: nil) == nil)
            link.isCut = true
            #expect(await look.holds(term, of: master.number) == nil)
        }
    }

    @Test func aLookIsMadeByWhoDecidesAlone() async throws {
        try await TestCluster.live { cluster in
            let (master, _) = try await cluster.elected()
            let other = try #require(cluster.nodes.first { $0.number != master.number })
            try await cluster.follow(master)
            let before = master.view.applied.index
            #expect(await refusal(of: other.store) { Decision(1) } == Refused(cause: .deposed))
            // What the look refuses leaves nothing behind, and the turn is over.
            let refused = await refusal(of: master.store) { () throws(Refused) in throw Refused(cause: nil) }
            #expect(refused == Refused(cause: nil))
            #expect(await refusal(of: master.store) { Decision(2) } == nil)
            #expect(master.view.applied.index == before)
            let records: [ReplicatedRecord] = [.invitationWithdrawn(12)]
            #expect(await refusal(of: master.store) { Decision(3, records) } == nil)
            #expect(master.view.applied.index == before + 1)
        }
    }

    private func refusal(
        of store: ReplicatedStore, _ look: () async throws(Refused) -> Decision<Int>
    ) async -> Refused? {
        do throws(Refused) {
            _ = try await store.decide(refusing: { Refused(cause: $0) }, look)
            return nil
        } catch {
            return error
        }
    }
}
