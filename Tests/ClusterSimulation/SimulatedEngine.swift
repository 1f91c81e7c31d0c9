/// What a master decides by in its term: the state with everything that was decided, also what is on its way to the log.
struct SimulatedEngine {
    /// What was decided on some requests.
    struct Decision {
        var facts: [SimulatedJobs.Fact] = []
        /// What to tell once it is applied.
        var told: [Told] = []
    }

    struct Told: Hashable {
        let request: Int
        let job: Int
    }

    /// So many numbers are reserved at once, for what leaves no trace under its number.
    private static let block = 4

    private(set) var state: SimulatedJobs
    private(set) var next: Int
    private(set) var reserved: Int
    /// Numbers up to this one are reserved for certain.
    private var durable: Int

    /// At the begin of a term: blocks of former ones are over.
    init(_ state: SimulatedJobs) {
        self.state = state
        reserved = max(state.reserved, state.highestJob)
        (next, durable) = (reserved + 1, reserved)
    }

    /// A number nothing will be stored under, when there is one.
    mutating func numberWithoutTrace() -> Int? {
        guard next <= durable else { return nil }
        defer { next += 1 }
        return next
    }

    mutating func decide(_ requests: [SimulationPlan.Request]) -> Decision {
        var decision = Decision()
        func record(_ fact: SimulatedJobs.Fact) {
            state.apply(fact)
            decision.facts.append(fact)
        }
        for request in requests {
            if let known = request.key.flatMap({ state.job(of: $0) }) {
                decision.told.append(Told(request: request.number, job: known))
                continue
            }
            if next > reserved {
                reserved = next + Self.block - 1
                record(.numbers(upTo: reserved))
            }
            record(.job(next, request: request.number, key: request.key))
            decision.told.append(Told(request: request.number, job: next))
            if request.isChange { record(.revision(state.head + 1, on: state.head)) }
            if next > state.freed + 6 { record(.keysFree(upTo: next - 3)) }
            next += 1
        }
        return decision
    }

    /// What was decided last is in the log.
    mutating func appended() { durable = reserved }

    /// Nothing of what was decided last is in the log: all but the numbers is as it was.
    mutating func takeBack(to former: SimulatedEngine) {
        (state, reserved, durable) = (former.state, former.reserved, former.durable)
    }

    /// The mistake of going on with the block of a former term.
    mutating func goOn(with former: SimulatedEngine) {
        (next, reserved, durable) = (former.next, former.reserved, former.durable)
    }
}
