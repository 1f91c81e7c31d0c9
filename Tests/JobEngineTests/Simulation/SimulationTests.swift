import Foundation
import Testing

@testable import JobEngine

/// Random histories of the engine on clocks and disks that are values.
@Suite struct SimulationTests {
    private static let count = ProcessInfo.processInfo.environment["CONFD_SIMULATIONS"].flatMap(Int.init) ?? 2_000

    /// Every promise is kept in every history; the seeds are shared out over the processors.
    @Test(arguments: 0..<4) func everyPromiseIsKept(share: Int) {
        for seed in stride(from: share, to: Self.count, by: 4) {
            do {
                var simulation = Simulation(seed: UInt64(seed), nodes: 1 + seed / 4 % 2)
                try simulation.run()
            } catch {
                Issue.record("\(error)")
                return
            }
        }
    }

    /// Histories that once found a mistake.
    @Test(arguments: [3862, 5912, 13_595, 19_960, 43_577]) func aHistoryOfBeforeGoesWell(seed: UInt64) throws {
        var simulation = Simulation(seed: seed)
        try simulation.run()
    }

    /// The histories are good for something: an engine that makes a mistake is caught.
    @Test(arguments: Simulation.Mistake.allCases) func aPlantedMistakeIsFound(_ mistake: Simulation.Mistake) {
        for seed in 0..<2_000 {
            let nodes = mistake == .undoForgotten ? 2 : 1
            var simulation = Simulation(seed: UInt64(seed), nodes: nodes, mistake: mistake)
            do { try simulation.run() } catch { return }
        }
        Issue.record("\(mistake) was not found")
    }
}
