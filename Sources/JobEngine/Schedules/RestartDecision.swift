import EXAConf
import Values

/// What is known of a database whose server crashed, at one moment.
struct CrashedDatabase: Sendable, Hashable {
    /// What its node tells of it; `nil` for no answer.
    var told: Value?
    /// When its node was booted; `nil` when nobody knows.
    var booted: Timestamp?
    /// That it, or its node, is worked on, in words.
    var maintenance: String?
    /// What keeps jobs on it from being asked for now, in words.
    var obstacle: String?
    /// The jobs that started it again, newest first.
    var tries: [JobID] = []

    /// When its server ended, if it did so unasked.
    var end: Timestamp? { told?["ended"]?["at"]?.string.flatMap { Timestamp($0) } }
}

/// What becomes of a database whose server crashed.
enum RestartDecision: Sendable, Hashable {
    /// It is not for us: it runs, is not to run, was shut down in order, or went down with its machine.
    case settled
    /// It may become startable: ask again.
    case wait(because: String)
    /// It is started, unless something else is known by then.
    case start(after: Duration)
    /// Nobody but an administrator goes on.
    case givenUp(String)

    /// How long is waited before each try; there are no more.
    static let pauses: [Duration] = [.seconds(1), .seconds(5), .seconds(30)]
    /// How long before an end tries count for it.
    static let period = Duration.seconds(600)

    /// What the state of the database says.
    init(_ database: CrashedDatabase) {
        guard let told = database.told?.map else {
            self = .wait(because: "its node does not tell its state")
            return
        }
        let ended = told["ended"]?.map
        guard told["state"]?.string == "stopped", told["wanted"]?.string == "running", let ended,
            ended["clean"]?.bool == false, let end = database.end,
            database.booted.map({ end >= $0 }) ?? true
        else {
            self = .settled
            return
        }
        if let maintenance = database.maintenance {
            // What is missing, or was tried, is nobody's concern as long as somebody works on it.
            self = .wait(because: maintenance)
        } else if told["created"]?.bool != true {
            self = .givenUp("its data are missing")
        } else if let obstacle = database.obstacle {
            self = .wait(because: obstacle)
        } else if database.tries.count < Self.pauses.count {
            self = .start(after: Self.pauses[database.tries.count])
        } else {
            self = .givenUp("it was started \(database.tries.count) times")
        }
    }
}
