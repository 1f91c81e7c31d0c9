package import Values

/// Appends batches to the log in one term of office, one after the other.
///
/// An append is guarded by the master's key being that of the term and by its index being free. When its answer is lost
/// it is repeated, the very same at the same index, until an answer comes: it is in the log then, or never can be.
package struct LogWriter: Sendable {
    /// What is to be appended.
    package struct Batch: Sendable, Hashable {
        /// What members apply.
        package var payload: [UInt8]
        /// Never used before.
        package var nonce: Nonce
        /// By the clock of this node.
        package var at: Timestamp

        /// A batch; nonce and time are handed in, the log has none of its own.
        package init(payload: [UInt8], nonce: Nonce, at: Timestamp) {
            self.payload = payload
            self.nonce = nonce
            self.at = at
        }
    }

    /// One sending of one entry.
    package struct Attempt: Sendable, Hashable {
        /// Where the entry is to stand.
        package let index: Int
        /// That of its batch.
        package let nonce: Nonce
        /// From 1 on, for each entry.
        package let number: Int
    }

    /// What happened.
    package enum Input: Sendable, Hashable {
        /// Somebody wants to append.
        case append(Batch)
        /// etcd answered; also long after the attempt was believed to be lost.
        case answered(Attempt, TransactionAnswer)
        /// etcd has no room, and did not write what this attempt asked for.
        case noRoom(Attempt)
        /// No answer came in time, or an error. `jitter` is any random number.
        case lost(Attempt, jitter: UInt64)
        /// The pause after a lost attempt is over.
        case pauseEnded
        /// The lease may have ended: nothing new is taken. What is on its way is repeated until it is settled.
        case fenced
    }

    /// What is to be done.
    package enum Effect: Sendable, Hashable {
        /// Send this and tell what came of it; wait ``LogWriter/patience`` before it counts as lost. A transport must not
        /// send it a second time by itself: two requests of one attempt could have two answers.
        case send(Transaction, Attempt)
        /// Tell `pauseEnded` after this time.
        case pause(Duration)
        /// The batch is settled.
        case settled(Nonce, Outcome)
        /// The batch was not begun, and nothing of it is in the log nor ever will be.
        case refused(Nonce, Refusal)
    }

    /// What became of a batch.
    package enum Outcome: Sendable, Hashable {
        /// It is in the log, as these entries.
        case done([LogEntry])
        /// There is no room; nothing of it counts.
        case full
        /// Somebody else is master; it is not in the log and never will be. The term is over.
        case deposed
        /// The log does not go back to it any more, or is another one: the state says whether it is in, once it has caught
        /// up. This is met only by who slept while the log was trimmed or made anew. The term is over.
        case trimmed
    }

    /// Why a batch was not begun.
    package enum Refusal: Sendable, Hashable {
        /// Another one is on its way.
        case busy
        /// The lease may have ended.
        case fenced
        /// The term is over.
        case over
    }

    /// What is on its way.
    struct Flight: Sendable, Hashable {
        var batch: Batch
        var entry: LogEntry
        /// Payloads of the entries that follow.
        var pieces: ArraySlice<[UInt8]>
        /// Entries of the batch that are in the log.
        var stored: [LogEntry] = []
        var attempts = 1
        /// Attempts nobody knows the end of.
        var open: Set<Int> = [1]

        var attempt: Attempt { Attempt(index: entry.header.index, nonce: batch.nonce, number: attempts) }
    }

    /// Where it stands.
    enum Phase: Sendable, Hashable {
        case idle
        case sending(Flight)
        case pausing(Flight)
        case over
    }

    /// After this time without an answer an attempt counts as lost.
    package static let patience = Duration.seconds(1)

    /// The term it appends in.
    package let term: Term
    let keys: LogKeys
    let node: Int
    /// The level in force, which its entries say; those of the present batch are as it was when each was begun.
    package var level: Int
    /// The generation goes on behind this index: there is no entry at it.
    let base: Int
    let limit: Int
    /// The newest entry, of whatever term.
    package private(set) var tail: LogPlace
    var phase = Phase.idle
    private(set) var isFenced = false

    /// A writer behind the newest entry of a log.
    ///
    /// - Parameters:
    ///   - base: The index the generation began behind.
    ///   - limit: What a payload may have at most before it is split, in bytes.
    package init(
        term: Term, keys: LogKeys, node: Int, level: Int, base: Int, tail: LogPlace, limit: Int = 512 << 10
    ) {
        self.term = term
        self.keys = keys
        self.node = node
        self.level = level
        self.base = base
        self.tail = tail
        self.limit = limit
    }

    /// Whether the term is over as far as the log is concerned.
    package var isOver: Bool { phase == .over }

    /// Takes what happened.
    package mutating func handle(_ input: Input) -> [Effect] {
        switch (phase, input) {
        case (_, .fenced):
            isFenced = true
            return []
        case (.idle, .append(let batch)):
            if isFenced { return [.refused(batch.nonce, .fenced)] }
            return begin(batch)
        case (.sending, .append(let batch)), (.pausing, .append(let batch)): return [.refused(batch.nonce, .busy)]
        case (.over, .append(let batch)): return [.refused(batch.nonce, .over)]
        case (.pausing(var flight), .pauseEnded):
            flight.attempts += 1
            flight.open.insert(flight.attempts)
            phase = .sending(flight)
            return [.send(transaction(flight.entry), flight.attempt)]
        case (.sending(let flight), .answered(let attempt, let answer)) where flight.knows(attempt),
            (.pausing(let flight), .answered(let attempt, let answer)) where flight.knows(attempt):
            return take(meaning(of: answer, for: flight.entry), flight, of: attempt)
        case (.sending(let flight), .noRoom(let attempt)) where flight.knows(attempt),
            (.pausing(let flight), .noRoom(let attempt)) where flight.knows(attempt):
            return takeNoRoom(flight, attempt)
        case (.sending(let flight), .lost(let attempt, let jitter)) where flight.attempt == attempt:
            return pause(flight, jitter)
        case (.idle, _), (.sending, _), (.pausing, _), (.over, _): return []
        }
    }

    private mutating func begin(_ batch: Batch) -> [Effect] {
        let pieces = LogEntry.pieces(of: batch.payload, limit: limit)[...]
        return send(Flight(batch: batch, entry: entry(of: batch, pieces, number: 0), pieces: pieces.dropFirst()))
    }

    private mutating func send(_ flight: Flight) -> [Effect] {
        phase = .sending(flight)
        return [.send(transaction(flight.entry), flight.attempt)]
    }

    private func entry(of batch: Batch, _ pieces: ArraySlice<[UInt8]>, number: Int) -> LogEntry {
        var header = LogEntry.Header(
            index: tail.index + 1, term: term, level: level, node: node, at: batch.at, nonce: batch.nonce,
            previous: tail.chain)
        header.piece = number
        header.hasMore = pieces.count > 1
        return LogEntry(header, payload: pieces.first ?? [])
    }

    // MARK: Answers

    private mutating func take(_ meaning: Meaning, _ flight: Flight, of attempt: Attempt) -> [Effect] {
        switch meaning {
        case .stored: return advance(flight)
        case .deposed: return end(flight, .deposed)
        case .trimmed: return end(flight, .trimmed)
        case .unreadable:
            // An answer that says nothing is none; the pause must not be told twice.
            if case .pausing = phase { return [] }
            return attempt == flight.attempt ? pause(flight, 0) : []
        }
    }

    private mutating func advance(_ flight: Flight) -> [Effect] {
        tail = flight.entry.place
        let stored = flight.stored + [flight.entry]
        if flight.pieces.isEmpty {
            phase = .idle
            return [.settled(flight.batch.nonce, .done(stored))]
        }
        let next = entry(of: flight.batch, flight.pieces, number: stored.count)
        return send(Flight(batch: flight.batch, entry: next, pieces: flight.pieces.dropFirst(), stored: stored))
    }

    private mutating func end(_ flight: Flight, _ outcome: Outcome) -> [Effect] {
        phase = .over
        return [.settled(flight.batch.nonce, outcome)]
    }

    /// Only when no attempt is left that could still get in is it certain that nothing was stored.
    private mutating func takeNoRoom(_ flight: Flight, _ attempt: Attempt) -> [Effect] {
        var flight = flight
        flight.open.remove(attempt.number)
        if flight.open.isEmpty {
            phase = .idle
            return [.settled(flight.batch.nonce, .full)]
        }
        guard case .sending = phase, attempt == flight.attempt else {
            replace(flight)
            return []
        }
        return pause(flight, 0)
    }

    private mutating func replace(_ flight: Flight) {
        if case .pausing = phase { phase = .pausing(flight) } else { phase = .sending(flight) }
    }

    /// 50 ms at first and 500 ms at most, and up to as much again by chance.
    private mutating func pause(_ flight: Flight, _ jitter: UInt64) -> [Effect] {
        phase = .pausing(flight)
        let milliseconds = min(500, 50 << min(flight.attempts - 1, 4))
        return [.pause(.milliseconds(milliseconds + Int(jitter % UInt64(milliseconds + 1))))]
    }
}

extension LogWriter.Flight {
    /// Whether an attempt is one of this entry's.
    func knows(_ attempt: LogWriter.Attempt) -> Bool {
        attempt.index == entry.header.index && attempt.nonce == batch.nonce && open.contains(attempt.number)
    }
}
