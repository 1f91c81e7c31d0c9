import EXAConf
import Support
import Testing

@testable import Replication

/// In which order nodes are preferred for deciding.
@Suite struct CandidateOrderTests {
    private func order(
        _ order: CandidateOrder, among nodes: Set<Int> = [11, 12, 13], suspended: Set<Int> = []
    ) -> [Int] {
        let place = { order.rank(of: $0, among: nodes, suspended: suspended) }
        return nodes.sorted { place($0) < place($1) }
    }

    @Test func itIsThatOfTheNumbersUnlessSomethingElseIsSaid() {
        #expect(order(CandidateOrder()) == [11, 12, 13])
        #expect(order(CandidateOrder(FixtureCluster.document)) == [11, 12, 13])
        // Members the configuration has no more have a place all the same.
        #expect(order(CandidateOrder(FixtureCluster.document), among: [9, 11, 99]) == [9, 11, 99])
    }

    @Test func theLowestAffinityComesFirst() throws {
        var document = FixtureCluster.document
        try document.setAffinity(1, node: 13)
        try document.setAffinity(12, node: 11)
        #expect(order(CandidateOrder(document)) == [13, 11, 12])
    }

    @Test func whoIsSuspendedComesLast() throws {
        var document = FixtureCluster.document
        #expect(order(CandidateOrder(document), suspended: [11]) == [12, 13, 11])
        try document.setState("deactivated", node: 12)
        #expect(order(CandidateOrder(document), suspended: [11]) == [13, 11, 12])
    }

    @Test func eachNodeHasAPlaceOfItsOwn() {
        let places = [11, 12, 13].map { CandidateOrder().rank(of: $0, among: [11, 12, 13], suspended: [12]) }
        #expect(places == [0, 2, 1])
    }
}
