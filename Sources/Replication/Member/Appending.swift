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
        /// What is on its way.
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

    /// What one caller appends.
    struct Batch: Sendable {
        /// As every node is told them.
        let records: [ReplicatedRecord]
        let payload: [UInt8]
        /// What the texts of its revisions have together, in bytes.
        let text: Int
        let audit: [AuditEvent]
        /// It is appended in this term or not at all: what it was decided on is known to be all there is. `nil` for any.
        let only: Term?
        let beginsTerm: Bool
        let outcome = Waiter<Outcome>()

        init(_ records: [ReplicatedRecord], audit: [AuditEvent], only: Term?, beginsTerm: Bool = false) {
            self.records = records.map(\.told)
            payload = ReplicatedBatch.bytes(of: self.records)
            text = ReplicatedBatch.text(of: records)
            (self.audit, self.only, self.beginsTerm) = (audit, only, beginsTerm)
        }
    }

    /// Batches that are appended as one: that whose turn it was, and what waited behind it. What becomes of it becomes of each.
    struct Group: Sendable {
        let batches: [Batch]
        let payload: [UInt8]
        /// That it was sent in.
        let term: Term
        /// Where it stands in the log.
        var stored: LogPlace?
        /// The state has it.
        var isApplied = false

        init(_ batches: [Batch], in term: Term) {
            self.batches = batches
            self.term = term
            payload = batches.count == 1 ? batches[0].payload : batches.flatMap(\.payload)
        }

        var audit: [AuditEvent] { batches.flatMap(\.audit) }

        var beginsTerm: Bool { batches.first?.beginsTerm ?? false }

        /// The records of a change that has this payload and no other one, so that nobody has to read them from it.
        func records(of payload: [UInt8]) -> [ReplicatedRecord]? {
            payload == self.payload ? batches.flatMap(\.records) : nil
        }
    }

    /// So many records stand in one entry at most, unless one caller appends more.
    static let mostTogether = 1_024

    var opening: Opening?
    private(set) var office: Office?
    /// By number, that of the present term among them; one of a term that is over stays until its batch is settled.
    private(set) var writers: [Int: LogWriter] = [:]
    /// Those that were sent. They stay until they are applied: what is written to the audit log with them is known only here.
    var groups: [Nonce: Group] = [:]
    /// Those that wait for what is on its way.
    var waiting: [Batch] = []
    /// The term is handed over: nothing more is taken, and who hands it over is told when it has ended.
    var handOver: Waiter<Void>?
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
        handOver?.resume(returning: ())
        handOver = nil
        guard let former else { return nil }
        if former.current == nil { writers[former.writer] = nil }
        return former.writer
    }

    /// Entries that are begun from now on say this level.
    mutating func write(at level: Int) {
        for number in writers.keys { writers[number]?.level = level }
    }

    mutating func refuseWaiting() {
        for batch in waiting { batch.outcome.resume(returning: .deposed) }
        waiting = []
    }

    /// What is to be sent next, if nothing is on its way: all that waits, as far as there is room for it in one entry. Batches of
    /// a former term are refused.
    ///
    /// - Parameter limit: Bytes of a payload.
    mutating func next(_ nonce: Nonce, limit: Int) -> (group: Group, writer: Int)? {
        guard let office else { return nil }
        for batch in waiting where batch.only.map({ $0 != office.term }) ?? false {
            batch.outcome.resume(returning: .deposed)
        }
        waiting.removeAll { $0.only.map { $0 != office.term } ?? false }
        guard office.current == nil, !waiting.isEmpty else { return nil }
        let count = Self.together(waiting, limit: limit)
        let group = Group(Array(waiting.prefix(count)), in: office.term)
        waiting.removeFirst(count)
        groups[nonce] = group
        self.office?.current = nonce
        return (group, office.writer)
    }

    /// How many of those that wait are appended as one, in their order: the first in any case. One that begins a term is alone.
    static func together(_ waiting: [Batch], limit: Int) -> Int {
        guard let first = waiting.first else { return 0 }
        var (count, records, size, text) = (1, first.records.count, first.payload.count, first.text)
        if first.beginsTerm { return count }
        for batch in waiting.dropFirst() {
            (records, size, text) = (
                records + batch.records.count, size + batch.payload.count, text + batch.text
            )
            let hasRoom = records <= mostTogether && size <= limit && text <= ReplicatedBatch.mostText
            guard hasRoom, !batch.beginsTerm else { break }
            count += 1
        }
        return count
    }

    mutating func handle(_ input: LogWriter.Input, of writer: Int) -> [LogWriter.Effect] {
        writers[writer]?.handle(input) ?? []
    }

    /// What a writer had on its way is settled; what is left of one whose term is over goes.
    mutating func settle(_ nonce: Nonce, of writer: Int) {
        if office?.writer == writer {
            if office?.current == nonce { office?.current = nil }
        } else {
            writers[writer] = nil
        }
    }

    /// Answers each of those who wait for what was appended as one.
    mutating func drop(_ nonce: Nonce, _ outcome: Outcome) {
        for batch in groups.removeValue(forKey: nonce)?.batches ?? [] { batch.outcome.resume(returning: outcome) }
    }

    /// Answers whoever waits for a change that cannot be applied; what it says to the audit log is kept for when it can.
    func giveUp(_ change: LogChange, _ reason: String) {
        guard let nonce = change.entries.first?.header.nonce, let group = groups[nonce] else { return }
        let outcome = Outcome.unknown("entry \(change.place.index) is in the log: \(reason)")
        for batch in group.batches { batch.outcome.resume(returning: outcome) }
    }

    /// Nothing is sent or applied any more.
    mutating func end() {
        refuseWaiting()
        for nonce in groups.keys { drop(nonce, .unknown("the daemon stops")) }
        writers = [:]
        handOver?.resume(returning: ())
        handOver = nil
        offices.resumeAll(returning: ())
    }
}
