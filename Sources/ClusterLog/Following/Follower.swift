/// Has this node's state follow the log: every entry once, in order, whole batches only.
///
/// It never refuses an entry: what it cannot apply stops it. What is missing is read from the log, and what the log does not
/// keep any more is asked of another member.
package struct Follower: Sendable {
    /// What happened.
    package enum Input: Sendable, Hashable {
        /// A key below the entries was written.
        case event(KeyValue)
        /// What was asked for by `read`: entries from there on in their order, the oldest the log keeps, and whether there
        /// are more behind these.
        case read([KeyValue], oldest: Int?, hasMore: Bool)
        /// A read, or a call for the changes, failed; it is asked for again by `due`.
        case failed
        /// Ask again for what failed.
        case due
        /// The change on its way is durable.
        case applied(LogPlace)
        /// The state is now that of another member, with the term of its last entry, durably.
        case changed(to: LogPlace, term: Term)
        /// No member knows the state of this node as one of its own former ones.
        case noPrefix
        /// What an etcd of this cluster begins with.
        case format(LogFormat)
        /// The newest entry, when it is known otherwise.
        case tail(Int)
        /// What may stand in the log from here on, as the state has it.
        case level(Int)
    }

    /// What is to be done.
    package enum Effect: Sendable, Hashable {
        /// Make a change durable with the place it leads to, both or neither, and tell `applied`.
        case apply(LogChange)
        /// Read entries from this index on.
        case read(from: Int)
        /// Ask another member what changed since.
        case askChanges(since: LogPlace)
        /// The state has what the log never had: put it aside for people, and take that of another member.
        case setAside
        /// Say that this node follows no more, and why.
        case stop(Stop)
    }

    enum Mode: Sendable, Hashable {
        /// What comes is taken.
        case following
        /// A read is on its way.
        case reading
        /// Another member is asked for the changes, or for all of its state.
        case asking(isSetAside: Bool)
        /// What was asked for failed.
        case failed(isRead: Bool, isSetAside: Bool)
        case stopped(Stop)
    }

    /// What a batch may have in all its pieces, in bytes.
    package static let largestBatch = 64 << 20
    /// So many changes wait to be applied; more are read again later.
    package static let mostWaiting = 256
    /// Nor do more bytes wait than these and one change beyond.
    package static let mostHeld = 16 << 20

    /// The levels this version knows.
    package let levels: ClosedRange<Int>
    /// The keys of the generation it follows.
    package private(set) var keys: LogKeys
    /// What is durable.
    package private(set) var applied: LogPlace
    /// The newest entry that was taken.
    package private(set) var received: LogPlace
    private(set) var term: Term
    var mode: Mode
    /// Pieces of a batch that goes on.
    private(set) var pieces: [LogEntry] = []
    private var size = 0
    private(set) var waiting: [LogChange] = []
    /// What those that wait carry, in bytes.
    private var held = 0
    private(set) var isApplying = false
    /// The highest index heard of.
    private var highest = 0
    /// To be decided on when nothing is being applied.
    private var isTooOld = false
    private var nextFormat: LogFormat?

    /// A node whose state is as of a place, made by a term; it begins with a read. One that has nothing is where its cluster's
    /// log begins.
    package init(keys: LogKeys, levels: ClosedRange<Int>, applied: LogPlace, term: Term) {
        let beginning = LogFormat.first(of: keys.cluster).base
        self.keys = keys
        self.levels = levels
        self.applied = applied.index == 0 ? beginning : applied
        self.term = term
        received = self.applied
        mode = .failed(isRead: true, isSetAside: false)
    }

    /// Where this node is when nothing that is known is left to be applied; `nil` otherwise. Pieces of a batch that never
    /// ended count for nothing: the next entry drops them.
    package var followed: LogPlace? { mode == .following && !isApplying && waiting.isEmpty ? received : nil }

    /// The newest entry that was taken, as long as it is one of this log: what etcd has is compared with it. `nil` while the
    /// state may be that of another generation, or too old to be known in this one.
    package var known: LogPlace? {
        switch mode {
        case .following, .reading, .failed(isRead: true, _): received
        case .asking, .failed, .stopped: nil
        }
    }

    /// Why it follows no more.
    package var stop: Stop? { if case .stopped(let stop) = mode { stop } else { nil } }

    /// Takes what happened.
    package mutating func handle(_ input: Input) -> [Effect] {
        switch input {
        case .event(let key): return takeEvent(key)
        case .read(let keys, let oldest, let hasMore): return takeRead(keys, oldest, hasMore: hasMore)
        case .failed: return fail()
        case .due: return askAgain()
        case .applied(let place): return takeApplied(place)
        case .changed(let place, let term): return takeState(place, term)
        case .noPrefix:
            guard mode == .asking(isSetAside: false) else { return [] }
            mode = .asking(isSetAside: true)
            return [.setAside]
        case .format(let format): return takeFormat(format)
        case .tail(let index):
            highest = max(highest, index)
            return mode == .following && highest > received.index && nextFormat == nil ? read() : []
        case .level(let level): return levels.contains(level) ? [] : end(.levelInForce(level))
        }
    }

    /// What waits to be applied was readable, and is applied still.
    private mutating func end(_ stop: Stop) -> [Effect] {
        if case .stopped = mode { return [] }
        mode = .stopped(stop)
        pieces = []
        return [.stop(stop)]
    }

    // MARK: Entries

    private mutating func takeEvent(_ key: KeyValue) -> [Effect] {
        guard let index = keys.index(of: key.key), nextFormat == nil else { return [] }
        guard mode == .following || mode == .reading else { return [] }
        highest = max(highest, index)
        if index <= received.index { return [] }
        guard index == received.index + 1, hasRoom else {
            return mode == .following && waiting.isEmpty ? read() : []
        }
        return take(key, index) + applyNext()
    }

    private mutating func takeRead(_ found: [KeyValue], _ oldest: Int?, hasMore: Bool) -> [Effect] {
        guard mode == .reading, nextFormat == nil else { return [] }
        let before = received.index
        mode = .following
        for key in found {
            guard let index = keys.index(of: key.key), index > received.index else { continue }
            guard hasRoom else {
                highest = max(highest, index)
                return applyNext()
            }
            guard index == received.index + 1 else { return tooOld() }
            let stop = take(key, index)
            if !stop.isEmpty { return stop + applyNext() }
        }
        if let oldest, oldest > received.index + 1 { return tooOld() }
        if received.index == before {
            // A read that finds nothing is the last word on what a watch told of.
            highest = received.index
        } else if hasMore || highest > received.index {
            return applyNext() + read()
        }
        return applyNext()
    }

    /// Takes the next entry; its effects are those of stopping.
    private mutating func take(_ key: KeyValue, _ index: Int) -> [Effect] {
        do throws(Stop) {
            let entry = try read(key.value, at: index)
            try gather(entry)
            (received, term) = (entry.place, entry.header.term)
            return []
        } catch {
            return end(error)
        }
    }

    private func read(_ bytes: [UInt8], at index: Int) throws(Stop) -> LogEntry {
        let entry: LogEntry
        do throws(LogEntryError) { entry = try LogEntry(reading: bytes) } catch {
            throw .unreadable(error, at: index)
        }
        let header = entry.header
        guard header.index == index else { throw .unreadable(.malformed("index"), at: index) }
        guard header.term.generation == keys.generation else { throw .unreadable(.malformed("generation"), at: index) }
        guard levels.contains(header.level) else {
            throw .unknownLevel(header.level, at: index, from: header.node)
        }
        guard header.previous == received.chain else { throw .brokenChain(at: index) }
        guard header.term >= term else { throw .termWentBack(at: index) }
        return entry
    }

    /// A first piece drops what was begun before it: its writer was deposed, or found no room.
    private mutating func gather(_ entry: LogEntry) throws(Stop) {
        let header = entry.header
        if header.piece == 0 {
            (pieces, size) = ([], 0)
        } else {
            guard let last = pieces.last?.header, last.nonce == header.nonce, last.term == header.term, last.hasMore,
                header.piece == pieces.count, size + entry.payload.count <= Self.largestBatch
            else { throw .brokenBatch(at: header.index) }
        }
        pieces.append(entry)
        size += entry.payload.count
        if !header.hasMore {
            waiting.append(LogChange(pieces))
            held += size
            pieces = []
        }
    }

    private var hasRoom: Bool { waiting.count < Self.mostWaiting && held < Self.mostHeld }

    // MARK: Applying

    private mutating func applyNext() -> [Effect] {
        guard !isApplying, let change = waiting.first else { return [] }
        isApplying = true
        return [.apply(change)]
    }

    private mutating func takeApplied(_ place: LogPlace) -> [Effect] {
        guard isApplying, waiting.first?.place == place else { return [] }
        held -= waiting.removeFirst().size
        (isApplying, applied) = (false, place)
        if let nextFormat { return adopt(nextFormat) }
        if !waiting.isEmpty { return applyNext() }
        if isTooOld { return askChanges() }
        return mode == .following && highest > received.index ? read() : []
    }

    // MARK: What is missing

    private mutating func read() -> [Effect] {
        mode = .reading
        return [.read(from: received.index + 1)]
    }

    private mutating func tooOld() -> [Effect] {
        isTooOld = true
        return isApplying || !waiting.isEmpty ? applyNext() : askChanges()
    }

    private mutating func askChanges() -> [Effect] {
        (isTooOld, pieces, received, mode) = (false, [], applied, .asking(isSetAside: false))
        return [.askChanges(since: applied)]
    }

    private mutating func takeState(_ place: LogPlace, _ term: Term) -> [Effect] {
        guard case .asking = mode else { return [] }
        (applied, received, self.term, pieces) = (place, place, term, [])
        return read()
    }

    private mutating func fail() -> [Effect] {
        switch mode {
        case .reading: mode = .failed(isRead: true, isSetAside: false)
        case .asking(let isSetAside): mode = .failed(isRead: false, isSetAside: isSetAside)
        case .following, .failed, .stopped: break
        }
        return []
    }

    private mutating func askAgain() -> [Effect] {
        guard case .failed(let isRead, let isSetAside) = mode, nextFormat == nil else { return [] }
        if isRead { return read() }
        mode = .asking(isSetAside: isSetAside)
        return isSetAside ? [.setAside] : [.askChanges(since: applied)]
    }

    // MARK: Another etcd

    private mutating func takeFormat(_ format: LogFormat) -> [Effect] {
        guard format.generation > max(keys.generation, nextFormat?.generation ?? 0) else { return [] }
        if stop?.level != nil { return [] }
        if isApplying {
            nextFormat = format
            return []
        }
        return adopt(format)
    }

    private mutating func adopt(_ format: LogFormat) -> [Effect] {
        keys = LogKeys(cluster: keys.cluster, generation: format.generation)
        (nextFormat, pieces, waiting, received) = (nil, [], [], applied)
        (highest, isTooOld, held) = (0, false, 0)
        if applied.stands(at: format.base) {
            (applied, received) = (format.base, format.base)
            return read()
        }
        if format.base.index > applied.index { return askChanges() }
        mode = .asking(isSetAside: true)
        return [.setAside]
    }
}

/// What is applied at once: a whole batch.
package struct LogChange: Sendable, Hashable {
    /// Its entries in their order; more than one when it was split.
    package let entries: [LogEntry]

    init(_ entries: [LogEntry]) {
        self.entries = entries
    }

    /// How much it carries, in bytes.
    var size: Int { entries.reduce(0) { $0 + $1.payload.count } }

    /// What the batch carries.
    package var payload: [UInt8] { entries.flatMap(\.payload) }

    /// Where its last entry stands.
    package var place: LogPlace { entries.last?.place ?? .start }
}
