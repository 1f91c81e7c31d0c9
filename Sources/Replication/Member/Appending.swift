import Access
import ClusterLog
import Waiting

/// What a member appends, and for whom: the terms it was elected for, and the batches that are not settled.
struct Appending {
    /// A term that was won and may not begin yet.
    struct Opening {
        let term: Term
        /// The newest entry before it, once it is known.
        var tail: LogPlace?
        var base = 0
        var isAsked = false
    }

    /// A term that may append.
    struct Office {
        let term: Term
        let writer: Int
        /// The batch on its way.
        var current: Nonce?
    }

    /// What became of a batch.
    enum Outcome: Sendable {
        /// It is in the log and in the state of this node, up to here.
        case done(LogPlace)
        /// Nothing of it is in the log, for lack of room.
        case full(String)
        /// Nothing of it is in the log, nor ever will be.
        case deposed
        /// Nobody knows, or it is in the log and not in the state of this node.
        case unknown(String)
    }

    struct Batch: Sendable {
        let payload: [UInt8]
        let audit: [AuditEvent]
        /// It is appended in this term or not at all: what it was decided on is known to be all there is. `nil` for any.
        let only: Term?
        let beginsTerm: Bool
        let outcome = Waiter<Outcome>()
        /// That it was sent in.
        var term: Term?
        /// Where it stands in the log.
        var stored: LogPlace?
        /// The state has it.
        var isApplied = false
    }

    var opening: Opening?
    private(set) var office: Office?
    /// By number, that of the present term among them; one of a term that is over stays until its batch is settled.
    private(set) var writers: [Int: LogWriter] = [:]
    /// Those that were sent. They stay until they are applied: what is written to the audit log with them is known only here.
    var batches: [Nonce: Batch] = [:]
    /// Those that wait for the one on its way.
    var waiting: [Batch] = []
    /// Those who wait for a term to begin.
    let offices = Waiters<Int, Void>()
    private var latest = 0

    /// A term may append from now on.
    mutating func open(_ writer: LogWriter) {
        latest += 1
        writers[latest] = writer
        office = Office(term: writer.term, writer: latest)
        offices.resumeAll(returning: ())
    }

    /// The term is over: what was not sent is refused.
    ///
    /// - Returns: The number of its writer, which settles what is on its way.
    mutating func close() -> Int? {
        let former = office
        (opening, office) = (nil, nil)
        refuseWaiting()
        guard let former else { return nil }
        if former.current == nil { writers[former.writer] = nil }
        return former.writer
    }

    mutating func refuseWaiting() {
        for batch in waiting { batch.outcome.resume(returning: .deposed) }
        waiting = []
    }

    /// The next batch to be sent, if none is on its way; those of a former term are refused.
    mutating func next(_ nonce: Nonce) -> (batch: Batch, writer: Int)? {
        guard let office else { return nil }
        for batch in waiting where batch.only.map({ $0 != office.term }) ?? false {
            batch.outcome.resume(returning: .deposed)
        }
        waiting.removeAll { $0.only.map { $0 != office.term } ?? false }
        guard office.current == nil, !waiting.isEmpty else { return nil }
        var batch = waiting.removeFirst()
        batch.term = office.term
        batches[nonce] = batch
        self.office?.current = nonce
        return (batch, office.writer)
    }

    mutating func handle(_ input: LogWriter.Input, of writer: Int) -> [LogWriter.Effect] {
        writers[writer]?.handle(input) ?? []
    }

    /// A batch of a writer is settled; what is left of one whose term is over goes.
    mutating func settle(_ nonce: Nonce, of writer: Int) {
        if office?.writer == writer {
            if office?.current == nonce { office?.current = nil }
        } else {
            writers[writer] = nil
        }
    }

    /// Answers whoever waits for a batch that is not in the log.
    mutating func drop(_ nonce: Nonce, _ outcome: Outcome) {
        batches.removeValue(forKey: nonce)?.outcome.resume(returning: outcome)
    }

    /// Answers whoever waits for a change that cannot be applied; what it says to the audit log is kept for when it can.
    func giveUp(_ change: LogChange, _ reason: String) {
        guard let nonce = change.entries.first?.header.nonce, let batch = batches[nonce] else { return }
        batch.outcome.resume(returning: .unknown("entry \(change.place.index) is in the log: \(reason)"))
    }

    /// Nothing is sent or applied any more.
    mutating func end() {
        refuseWaiting()
        for nonce in batches.keys { drop(nonce, .unknown("the daemon stops")) }
        writers = [:]
        offices.resumeAll(returning: ())
    }
}
