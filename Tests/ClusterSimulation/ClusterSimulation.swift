package import ClusterChecker
import ClusterLog
import Support
import Values

/// One history of a cluster: members as their machines over an etcd, a network, disks and clocks that are values. It has a
/// queue of events of its own and no task; a plan repeats it exactly.
package struct ClusterSimulation {
    enum Event {
        case request(SimulatedRequest, id: Int, member: Int, life: Int)
        case message(SimulatedMessage, member: Int, life: Int)
        case expired(id: Int, member: Int, life: Int)
        case alarm(member: Int, life: Int)
        case pauseEnded(writer: Int, member: Int, life: Int)
        case durable(member: Int, life: Int)
        case client(place: Int, tries: Int)
        /// A request of a client, wherever it was sent to; it waits in the socket of a member that is stopped.
        case asked(place: Int, at: Int, member: Int, life: Int)
        case readEnded(FreshRead, term: Term?, life: Int)
        case fault(Int)
        case faultEnds(Int)
        case leasesEnd
        case progress
        /// Everybody is asked for what they know, by somebody who is content with that.
        case localReads
        case snapshot
        case operatorLooks
    }

    /// Is told beside whatever changes, so that it is no part of the simulation's value.
    package final class Story {
        /// A line each.
        package fileprivate(set) var lines: [String] = []
    }

    struct Watcher {
        let member: Int
        let life: Int
        let number: Int
        var lastAt: Int
        var isOpen = true
        /// What is told once the member of etcd hears of it.
        var withheld: [SimulatedEtcd.Change] = []
    }

    let plan: SimulationPlan
    let mistake: PlantedMistake?
    var random: SequenceGenerator
    var queue: EventQueue
    var now = 0
    var etcd = SimulatedEtcd()
    var generation = 1
    var watchers: [Watcher] = []
    var members: [SimulatedMember] = []
    var held: [Int: [Event]] = [:]
    var checker = HistoryChecker()
    /// What happened, for somebody else to judge, when it is asked for.
    package private(set) var events: [HistoryEvent]?
    /// Payloads of batches, piece by piece.
    var pieces: [Nonce: [Int: [UInt8]]] = [:]
    var snapshots: [(at: Int, etcd: SimulatedEtcd)] = []
    var wasPutBack = false
    /// Since when somebody has been told that etcd went back; `nil` while nobody needs to act.
    var warnedAt: Int?
    var faults: [SimulationPlan.Fault.Kind: Int] = [:]
    var requests = 0
    /// What happened, in words, when somebody wants to read it.
    package let story: Story?
    /// Stands for which message reached whom, in which order.
    package private(set) var order: UInt64 = 0xCBF2_9CE4_8422_2325
    /// How many messages reached somebody.
    package private(set) var delivered = 0

    static let lifetime = Duration.seconds(3)
    static let cluster = "c"
    /// How old what a member tells may be, in milliseconds, when its clock is as slow as clocks are here.
    static let oldest = 10_600

    /// The history of a plan; it is told in words, or recorded as events, when that is asked for.
    package init(
        _ plan: SimulationPlan, mistake: PlantedMistake? = nil, tells: Bool = false, records: Bool = false
    ) {
        events = records ? [] : nil
        self.plan = plan
        self.mistake = mistake
        story = tells ? Story() : nil
        random = SequenceGenerator(seed: plan.seed)
        queue = EventQueue(end: plan.calmAt + SimulationPlan.rest)
        for number in 1...plan.members {
            members.append(
                SimulatedMember(
                    number: number, rate: 1_000_000 + Int.random(in: -50_000...50_000, using: &random),
                    offset: Int.random(in: 0...1_000_000_000, using: &random)))
        }
    }

    /// Lives through the plan, and then long enough for everything to come right.
    ///
    /// - Returns: The first promise that was broken.
    package mutating func run() -> Violation? {
        writeFormat(.first(of: Self.cluster))
        for member in members { start(member.number) }
        for place in plan.requests.indices { queue.add(.client(place: place, tries: 0), at: plan.requests[place].at) }
        for (number, fault) in plan.faults.enumerated() { queue.add(.fault(number), at: fault.at) }
        queue.add(.leasesEnd, at: 100)
        queue.add(.progress, at: 2_000)
        queue.add(.localReads, at: Self.oldest)
        if goesBack {
            queue.add(.snapshot, at: 500)
            queue.add(.operatorLooks, at: plan.calmAt)
        }
        while let (at, event) = queue.next() {
            now = at
            handle(event)
        }
        if let unrest { see(.unrest(Unrest(unrest))) }
        return checker.end()
    }

    /// What is not as it should be when nothing went wrong for a while.
    private var unrest: String? {
        let now = now
        let masters = members.filter { $0.running?.election.isMaster(at: $0.clock(at: now)) == true }.map(\.number)
        if masters.count != 1 { return "the masters are \(masters)" }
        for member in members {
            guard let running = member.running else { return "member \(member.number) has no power" }
            if let stop = running.follower.stop { return "member \(member.number) follows no more: \(stop)" }
            if let quarantine = running.vitality.quarantine { return "member \(member.number): \(quarantine)" }
            if member.disk.jobs.digest != members[0].disk.jobs.digest {
                return "member \(member.number) is at entry \(member.disk.applied.index), "
                    + "member 1 at \(members[0].disk.applied.index)"
            }
        }
        return nil
    }

    /// Whether etcd is put back in this history.
    var goesBack: Bool { plan.faults.contains { $0.kind == .rollback } }

    mutating func see(_ event: HistoryEvent) {
        checker.take(event)
        events?.append(event)
    }

    func tell(_ text: @autoclosure () -> String) {
        guard let story else { return }
        let time = String(now)
        story.lines.append(String(repeating: " ", count: max(0, 6 - time.count)) + time + " ms  " + text())
    }

    mutating func chance(_ part: Int, of whole: Int) -> Bool { Int.random(in: 0..<whole, using: &random) < part }

    mutating func delay(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

    private mutating func handle(_ event: Event) {
        switch event {
        case .request(let request, let id, let member, let life): serve(request, id: id, member: member, life: life)
        case .client(let place, let tries): ask(place, tries: tries)
        case .fault(let number): begin(plan.faults[number], number)
        case .faultEnds(let number): end(plan.faults[number])
        case .leasesEnd:
            if faults[.leaderChange] == nil { etcd.expire(at: now) }
            publish()
            queue.add(.leasesEnd, at: now + 100)
        case .progress:
            for place in watchers.indices { send([], to: place) }
            queue.add(.progress, at: now + 2_000)
        case .localReads:
            for number in 1...plan.members { readLocally(number) }
            queue.add(.localReads, at: now + 500)
        case .snapshot:
            snapshots.append((now, etcd))
            // Of what was there for long, much is gone when it is put back.
            if !wasPutBack { etcd.writeElsewhere() }
            queue.add(.snapshot, at: now + 500)
        case .operatorLooks: lookAfter()
        case .message(_, let member, let life), .expired(_, let member, let life), .alarm(let member, let life),
            .pauseEnded(_, let member, let life), .durable(let member, let life), .asked(_, _, let member, let life):
            deliver(event, to: member, life)
        case .readEnded(let read, _, let life): deliver(event, to: read.member, life)
        }
    }

    private mutating func deliver(_ event: Event, to number: Int, _ life: Int) {
        let place = number - 1
        guard members[place].life == life, members[place].running != nil else { return }
        if members[place].isPaused {
            // An alarm is set anew when it goes on, behind what waits in sockets.
            if case .alarm = event { return }
            held[number, default: []].append(event)
            return
        }
        switch event {
        case .message(let message, _, _):
            note(message.number, number)
            receive(message, number)
        case .expired(let id, _, _): expire(id, number)
        case .alarm: if members[place].running?.alarmAt == now { wake(number) }
        case .pauseEnded(let writer, _, _): feed(.pauseEnded, writer: writer, number)
        case .durable: becomeDurable(number)
        case .readEnded(let read, let term, _): endRead(read, term, number)
        case .asked(let place, let at, _, _): take(plan.requests[place], askedAt: at, number)
        case .request, .client, .fault, .faultEnds, .leasesEnd, .progress, .localReads, .snapshot, .operatorLooks: break
        }
        settle(number)
    }

    /// Adds a delivery to what stands for the order of them.
    mutating func note(_ kind: Int, _ member: Int) {
        delivered += 1
        for part in [kind, member] { order = (order ^ UInt64(truncatingIfNeeded: part)) &* 0x100_0000_01B3 }
    }

    // MARK: Clients

    /// Clients know the master, or think they do.
    private mutating func ask(_ place: Int, tries: Int) {
        let request = plan.requests[place]
        if tries == 0, !request.isRead {
            see(.asked(Asked(request: request.number, at: now, key: request.key.map(String.init))))
        }
        let masters = members.filter { !$0.isPaused && decides($0) }
        // Who reads may still think that it is one that was stopped meanwhile.
        let stopped =
            request.isRead && chance(2, of: 3) ? members.filter(\.isPaused).randomElement(using: &random) : nil
        let known = chance(1, of: 5) ? members.randomElement(using: &random) : masters.randomElement(using: &random)
        let target = stopped ?? known
        if let target, target.isPaused || decides(target) {
            queue.add(.asked(place: place, at: now, member: target.number, life: target.life), at: now + delay(1...3))
        } else if tries < 10 {
            queue.add(.client(place: place, tries: tries + 1), at: now + 500)
        }
    }

    private mutating func take(_ request: SimulationPlan.Request, askedAt: Int, _ number: Int) {
        guard decides(members[number - 1]) else { return }
        if request.isRead { return read(askedAt: askedAt, number) }
        tell("a client asks member \(number) for request \(request.number)")
        members[number - 1].running?.gathered.append(request)
    }

    private mutating func read(askedAt: Int, _ number: Int) {
        let master = members[number - 1]
        let read = FreshRead(
            member: number, asked: askedAt, generation: master.running?.keys.generation ?? 1,
            index: master.disk.applied.index, number: master.running?.engine?.numberWithoutTrace())
        let term = master.running?.election.term
        if chance(1, of: 2) { return endRead(read, term, number) }
        queue.add(.readEnded(read, term: term, life: master.life), at: now + delay(1...40))
    }

    /// A member that is not behind tells all that was acknowledged a while ago.
    private mutating func readLocally(_ number: Int) {
        let member = members[number - 1]
        guard !member.isPaused, let running = member.running,
            running.follower.keys.generation == member.disk.generation,
            let knownAt = mistake == .progressBelieved ? running.heardAt : running.completeAt,
            local(number) < knownAt + Vitality.old
        else { return }
        see(
            .read(
                FreshRead(
                    member: number, asked: now - Self.oldest, generation: member.disk.generation,
                    index: member.disk.applied.index)))
    }

    private mutating func endRead(_ read: FreshRead, _ term: Term?, _ number: Int) {
        let member = members[number - 1]
        guard member.running?.election.term == term, decides(member) else { return }
        see(.read(read))
        tell("member \(number) answers a read from entry \(read.index)")
    }
}
