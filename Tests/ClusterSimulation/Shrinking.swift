import ClusterChecker

/// Makes a plan that goes wrong as small as it can be and still goes wrong in the same way.
package struct Shrinking {
    let mistake: PlantedMistake?
    let kind: String
    private(set) var plan: SimulationPlan
    private(set) var runs = 0

    /// A plan that went wrong in some way, with a mistake or without.
    package init(_ plan: SimulationPlan, mistake: PlantedMistake?, kind: String) {
        (self.plan, self.mistake, self.kind) = (plan, mistake, kind)
    }

    private mutating func accept(_ smaller: SimulationPlan) -> Bool {
        if smaller == plan || runs >= 200 { return false }
        runs += 1
        var simulation = ClusterSimulation(smaller, mistake: mistake)
        guard simulation.run()?.kind == kind else { return false }
        plan = smaller
        return true
    }

    /// Takes away what is not needed, again and again until everything is.
    package mutating func run() {
        var before: SimulationPlan?
        while before != plan {
            before = plan
            leaveOut(\.faults)
            leaveOut(\.requests)
            for members in 2..<max(2, plan.members) {
                var smaller = plan
                smaller.members = members
                smaller.faults.removeAll { $0.member > members }
                if accept(smaller) { break }
            }
            for place in plan.faults.indices {
                var smaller = plan
                smaller.faults[place].lasts /= 2
                _ = accept(smaller)
            }
        }
        if kind.hasPrefix("unrest") { return }
        // Nothing behind the last thing that matters.
        let last = max(plan.faults.map { $0.at + $0.lasts }.max() ?? 0, plan.requests.map(\.at).max() ?? 0)
        var smaller = plan
        smaller.calmAt = min(plan.calmAt, last - SimulationPlan.rest + 2_000)
        _ = accept(smaller)
    }

    /// Halves first, then quarters, down to single ones.
    private mutating func leaveOut<Part>(_ parts: WritableKeyPath<SimulationPlan, [Part]>) {
        var size = max(1, plan[keyPath: parts].count / 2)
        while true {
            var start = 0
            while start < plan[keyPath: parts].count {
                var smaller = plan
                let end = min(start + size, smaller[keyPath: parts].count)
                smaller[keyPath: parts].removeSubrange(start..<end)
                if !accept(smaller) { start += size }
            }
            if size == 1 { return }
            size /= 2
        }
    }

    /// The plan and its history, for a person to read.
    package var story: String {
        var simulation = ClusterSimulation(plan, mistake: mistake, tells: true)
        let violation = simulation.run()
        let size = "\(plan.requests.count) requests, \(plan.faults.count) faults"
        let lines = simulation.story?.lines ?? []
        let end = "WRONG: " + (violation.map(String.init(describing:)) ?? "nothing")
        return (["seed \(plan.seed), \(plan.members) members, \(size)"] + lines + [end]).joined(separator: "\n")
    }
}
