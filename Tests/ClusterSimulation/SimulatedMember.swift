import ClusterLog
import Values

/// A member as its machines, its disk and its clock.
struct SimulatedMember {
    /// What is there after a loss of power.
    struct Disk: Hashable {
        var generation = 1
        var applied = LogFormat.first(of: ClusterSimulation.cluster).base
        /// That of the newest entry; before the first one the lowest there is.
        var term = Term(generation: 1, epoch: 0)
        /// The state itself.
        var jobs = SimulatedJobs()
        /// What the log came to at each place that was applied.
        var chains = [0: LogFormat.first(of: ClusterSimulation.cluster).base.chain]
        var lease: Int?

        /// Takes the state of another member and keeps what is this one's own.
        mutating func replace(by other: Disk) {
            let lease = lease
            self = other
            self.lease = lease
        }
    }

    /// What a request to etcd was for.
    enum Purpose {
        case append(LogWriter.Attempt, writer: Int)
        case campaign(Election.Call)
        case grant(Election.Call)
        case keepAlive(Election.Call)
        case look(own: LogPlace?, generation: Int, known: Int, asked: Duration)
        /// The newest entry, to begin a term behind it.
        case opening(Term)
        case range(question: Int)
        case watch(number: Int)
        /// Who goes first when this term ends.
        case handOver(Term, Successor)
    }

    struct Batch {
        let writer: Int
        var requests: [Int] = []
        /// What to tell once it is applied.
        var told: [SimulatedEngine.Told] = []
        /// The engine before it was decided; `nil` for the first batch of a term.
        var former: SimulatedEngine?
        /// The newest sending of it.
        var attempt: LogWriter.Attempt?

        /// It is the first of the term.
        var beginsTerm: Bool { former == nil }
    }

    let number: Int
    /// Parts of a million its clock goes faster or slower, and what it shows when time begins, in µs.
    let rate: Int
    let offset: Int
    var disk = Disk()

    /// `nil` while it has no power.
    var running: Running?
    /// Counts losses of power: what was sent to a former life is nothing to this one.
    var life = 0
    /// What comes while it is stopped waits.
    var isPaused = false
    var isDeaf = false
    var isMute = false
    /// How many faults keep the member of etcd beside it from the others: it answers nothing, and watches hear nothing new.
    var separations = 0
    /// How many faults fill its disk.
    var fillings = 0

    /// What is gone with the power. Nobody but this member ever holds it.
    final class Running {
        var election: Election
        var vitality: Vitality
        var follower: Follower
        var writers: [Int: LogWriter] = [:]
        var batches: [Nonce: Batch] = [:]
        /// The writer of the present term.
        var writer: Int?
        /// What its generation began behind.
        var base = 0
        /// A term that was won and has not begun: its newest entry, once it is known.
        var opening: (term: Term, tail: LogPlace?, base: Int)?
        var requests: [Int: Purpose] = [:]
        var tail: LogPlace?
        /// What it decides by, from the begin of a term to its end.
        var engine: SimulatedEngine?
        /// That of its former term, for who makes the mistake of going on with it.
        var formerEngine: SimulatedEngine?
        /// Waits for the batch on its way.
        var gathered: [SimulationPlan.Request] = []
        /// Appended, to be acknowledged when applied.
        var unacknowledged: [(index: Int, generation: Int, told: [SimulatedEngine.Told])] = []
        var beganAt: Int?
        var applying: LogChange?
        var watch = 0
        var question = 0
        var alarmAt: Int?
        var tickAt: Duration
        var lookedAt = Duration.zero
        /// When what is applied was last known to be all there is.
        var completeAt: Duration?
        /// When its watch last told anything.
        var heardAt: Duration?
        var isVacant = true
        /// The revision of etcd it has heard of last.
        var revision = 0
        /// The keys of the generation it is elected in.
        var keys: LogKeys
        let name: MasterKey

        init(
            keys: LogKeys, name: MasterKey, election: Election, vitality: Vitality, follower: Follower, tickAt: Duration
        ) {
            self.keys = keys
            self.name = name
            self.election = election
            self.vitality = vitality
            self.follower = follower
            self.tickAt = tickAt
        }
    }

    func clock(at now: Int) -> Duration { .microseconds(offset + now * rate / 1_000) }

    /// When its clock shows a time.
    func time(of clock: Duration) -> Int {
        let micro = Int(clock / .microseconds(1)) - offset
        return (micro * 1_000 + rate - 1) / rate
    }
}
