import ClusterChecker
import ClusterSimulation
import Foundation

// Lives through histories of whole clusters and says what they come to; scripts/cluster-simulation builds and starts it.
//
//     cluster-simulation histories SEEDS FIRST [FILE]    FILE keeps what was done, so that an interrupted run goes on with it
//     cluster-simulation mistakes SEEDS                  searches each planted mistake
//     cluster-simulation record SEED                     one history, for cluster-checker

/// Is there at once, also when it goes into a file.
func say(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }

/// Stands in the file of what was done for one seed: what its order of messages comes to.
func line(_ order: UInt64) -> String { String(order, radix: 16) + "\n" }

func liveThrough(_ count: Int, from first: Int, keeping path: String?) throws -> Bool {
    let kept = path.flatMap { try? String(contentsOfFile: $0, encoding: .utf8) } ?? ""
    var orders = kept.split(separator: "\n").prefix(count).compactMap { UInt64($0, radix: 16) }
    let done = orders.count
    if let path { try orders.map(line).joined().write(toFile: path, atomically: true, encoding: .utf8) }
    let file = path.flatMap { FileHandle(forWritingAtPath: $0) }
    try file?.seekToEnd()
    let began = ContinuousClock.now
    var delivered = 0
    for seed in (first + done)..<max(first + count, first + done) {
        let plan = SimulationPlan(seed: UInt64(seed))
        var simulation = ClusterSimulation(plan)
        if let violation = simulation.run() {
            var shrinking = Shrinking(plan, mistake: nil, kind: violation.kind)
            shrinking.run()
            say(shrinking.story)
            say("seed \(seed): \(violation)")
            return false
        }
        delivered += simulation.delivered
        orders.append(simulation.order)
        try file?.write(contentsOf: Data(line(simulation.order).utf8))
    }
    let distinct = Set(orders).count
    let took = ContinuousClock.now - began
    say("\(orders.count) seeds from \(first) on, \(distinct) distinct orders of messages, at least \(count * 3 / 4)")
    say("\(delivered) messages of \(orders.count - done) seeds in \(took.formatted(.units(allowed: [.seconds])))")
    return distinct * 4 >= count * 3
}

func findMistakes(within count: Int) -> Bool {
    var isFound = true
    for mistake in PlantedMistake.allCases {
        let found = mistake.firstFound(within: 0..<UInt64(count))
        say("\(mistake): " + (found.map { "seed \($0.seed), \($0.violation)" } ?? "not found in \(count) seeds"))
        isFound = isFound && found != nil
    }
    return isFound
}

func record(_ seed: UInt64) throws {
    var simulation = ClusterSimulation(SimulationPlan(seed: seed), records: true)
    _ = simulation.run()
    for event in simulation.events ?? [] { say(String(decoding: try event.line, as: UTF8.self)) }
}

let words = Array(CommandLine.arguments.dropFirst())
let numbers = words.dropFirst().prefix(2).compactMap { Int($0) }.filter { $0 >= 0 }
switch (words.first, numbers.count) {
case ("histories", 2):
    exit(try liveThrough(numbers[0], from: numbers[1], keeping: words.count > 3 ? words[3] : nil) ? 0 : 1)
case ("mistakes", 1): exit(findMistakes(within: numbers[0]) ? 0 : 1)
case ("record", 1): try record(UInt64(numbers[0]))
default:
    say("Usage: cluster-simulation histories SEEDS FIRST [FILE] | mistakes SEEDS | record SEED")
    exit(64)
}
