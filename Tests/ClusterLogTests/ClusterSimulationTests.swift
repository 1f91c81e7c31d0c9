import ClusterChecker
import Foundation
import Testing

@testable import ClusterSimulation

/// Random histories of whole clusters on an etcd, a network, disks and clocks that are values.
@Suite struct ClusterSimulationTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let count = environment["CONFD_CLUSTER_SIMULATIONS"].flatMap(Int.init) ?? 200
    private static let first = environment["CONFD_CLUSTER_FIRST_SEED"].flatMap(Int.init) ?? 0

    private static func fail(_ plan: SimulationPlan, _ violation: Violation) {
        var shrinking = Shrinking(plan, mistake: nil, kind: violation.kind)
        shrinking.run()
        Issue.record("seed \(plan.seed): \(violation)\n\(shrinking.story)")
    }

    /// Every promise is kept in every history, and hardly two of them are the same.
    @Test func everyPromiseIsKept() async {
        let began = ContinuousClock.now
        let orders = await withTaskGroup(of: [UInt64].self) { group in
            for share in 0..<2 {
                group.addTask {
                    var orders: [UInt64] = []
                    for seed in stride(from: Self.first + share, to: Self.first + Self.count, by: 2) {
                        let plan = SimulationPlan(seed: UInt64(seed))
                        var simulation = ClusterSimulation(plan)
                        let violation = simulation.run()
                        orders.append(simulation.order)
                        if let violation {
                            Self.fail(plan, violation)
                            return orders
                        }
                    }
                    return orders
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        let took = (ContinuousClock.now - began) / max(1, orders.count)
        let distinct = Set(orders).count
        print("\(orders.count) histories, \(distinct) of them distinct, \(took) for each")
        #expect(distinct * 100 >= orders.count * 75)
    }

    /// A seed repeats its history to the last message.
    @Test(arguments: [0, 7, 42] as [UInt64]) func aSeedRepeatsExactly(seed: UInt64) {
        var runs = (0..<2).map { _ in ClusterSimulation(SimulationPlan(seed: seed), tells: true) }
        for place in runs.indices { _ = runs[place].run() }
        #expect(runs[0].order == runs[1].order)
        #expect(runs[0].story?.lines == runs[1].story?.lines)
    }

    /// The histories are good for something: a mistake is found.
    /// Unless more is asked for, the search begins where it was found before.
    @Test(arguments: PlantedMistake.allCases) func aPlantedMistakeIsFound(_ mistake: PlantedMistake) {
        let isThorough = Self.environment["CONFD_CLUSTER_SIMULATIONS"] != nil
        let seeds = (isThorough ? [] : [mistake.foundBefore]) + Array(0..<2_000)
        guard let found = mistake.firstFound(within: seeds) else {
            Issue.record("\(mistake) was not found")
            return
        }
        print("\(mistake): seed \(found.seed), \(found.violation)")
    }

    /// A master that hands over names who may go first, and that one is elected.
    @Test(arguments: 1...3) func whoWasNamedDecidesNext(member: Int) throws {
        var plan = SimulationPlan(seed: 3)
        plan.members = 3
        plan.faults = [.init(at: 10_000, kind: .handOver, member: member, lasts: 0)]
        var simulation = ClusterSimulation(plan, tells: true)
        #expect(simulation.run() == nil)
        let elected = try #require(simulation.story?.lines.filter { $0.contains("is elected") })
        #expect(elected.last?.contains("member \(member) is elected") == true)
        #expect(elected.count == (elected.first?.contains("member \(member) ") == true ? 1 : 2))
    }

    /// Whoever reads a recorded history comes to what the simulation came to.
    @Test(arguments: [nil, .answeredBeforeApplied, .blockOfNumbersKept] as [PlantedMistake?])
    func aRecordedHistoryIsJudgedAlike(mistake: PlantedMistake?) throws {
        let plan = SimulationPlan(seed: mistake?.foundBefore ?? 0)
        var simulation = ClusterSimulation(plan, mistake: mistake, records: true)
        let violation = simulation.run()
        var reading = HistoryReading()
        for event in simulation.events ?? [] { try reading.take(event.line + [UInt8(ascii: "\n")]) }
        #expect(reading.lines == simulation.events?.count)
        #expect(reading.checker.end() == violation)
        #expect((violation == nil) == (mistake == nil))
    }
}
