package import Access
import Synchronization

/// Tells the other nodes what logins of this one counted and saw, while nobody waits for it: by the log when this node decides,
/// else through whoever does.
///
/// Notes that nobody takes are told again every second, locks as long as they are in force. Until then a lock holds here alone.
package final class LoginNotes: LockSharing {
    private struct State {
        var waiting: [LoginNote] = []
        /// When a use of a session was told last, by its id.
        var told: [String: Int64] = [:]
    }

    private let log: NoteLog
    private let time: any TimeSource
    private let handOn: @Sendable ([LoginNote]) async -> Bool
    private let state = Mutex(State())
    /// How far uses of a session are apart that others are told, in milliseconds.
    private let spacing: Int64
    private let arrivals: AsyncStream<Void>
    private let arrive: AsyncStream<Void>.Continuation

    private static let mostWaiting = 1_024
    private static let mostSessions = 10_000
    private static let pause = Duration.seconds(1)

    /// - Parameters:
    ///   - sessions: Those in the state the store applies to.
    ///   - locks: The locks there.
    ///   - idleLimit: How long a session lives unused: others are told of its use three times in that.
    ///   - handOn: Hands notes to whoever decides, ``take(_:)`` there; whether they were taken.
    package init(
        _ store: ReplicatedStore, sessions: any NodeSessions, locks: any LoginLockTable, time: any TimeSource,
        idleLimit: Duration, handOn: @escaping @Sendable ([LoginNote]) async -> Bool
    ) {
        log = NoteLog(store: store, sessions: sessions, locks: locks, time: time)
        self.time = time
        self.handOn = handOn
        spacing = Int64(min(max(idleLimit, .zero), .seconds(86_400)) / .milliseconds(1)) / 3
        (arrivals, arrive) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Tells what comes, until the task is cancelled. To be called once.
    package func run() async {
        for await _ in arrivals {
            while !Task.isCancelled, await !tellWaiting() {
                await time.sleep(until: time.monotonic + Self.pause)
            }
        }
    }

    /// Takes notes of this node or another one into the log.
    ///
    /// - Returns: False when this node does not decide, or cannot keep them now.
    package func take(_ notes: [LoginNote]) async -> Bool {
        guard notes.count <= Self.mostWaiting else { return false }
        do throws(AccessError) {
            try await log.keep(notes)
            return true
        } catch {
            return false
        }
    }

    // MARK: What is to be told

    package func share(_ lock: SharedLock) { add([.lock(lock)]) }

    package func lift(_ id: String) async throws(AccessError) {
        withdraw([id])
        if log.store.decides { return try await log.keep([.lift(id)]) }
        guard await handOn([.lift(id)]) else { throw .noMaster }
    }

    /// Another node that decides forgets by itself, when it has the new password.
    package func forget(_ ids: [String]) {
        withdraw(ids)
        if log.store.decides { add(ids.map { .lift($0) }) }
    }

    /// Tells from time to time that a session is in use, so that it is not found idle where it was not used.
    func noteUse(of id: String, at time: Int64) {
        let isNews = state.withLock { state in
            if let told = state.told[id], time >= told, time - told < spacing { return false }
            if state.told.count >= Self.mostSessions { state.told.removeAll() }
            state.told[id] = time
            return true
        }
        if isNews { add([.use(session: id, at: time)]) }
    }

    private func add(_ notes: [LoginNote]) {
        state.withLock { state in
            state.waiting += notes.prefix(Self.mostWaiting - state.waiting.count)
        }
        arrive.yield()
    }

    private func withdraw(_ ids: [String]) {
        state.withLock { state in
            state.waiting.removeAll { if case .lock(let lock) = $0 { ids.contains(lock.id) } else { false } }
        }
    }

    // MARK: Telling

    /// - Returns: False when somebody has to be told later.
    private func tellWaiting() async -> Bool {
        while true {
            let now = time.now
            let notes = state.withLock { state in
                defer { state.waiting = [] }
                // A lock that has ended while nobody took it is nobody's any more.
                return state.waiting.filter { if case .lock(let lock) = $0 { lock.until > now } else { true } }
            }
            if notes.isEmpty { return true }
            if await tell(notes) { continue }
            return !keepBack(notes)
        }
    }

    private func tell(_ notes: [LoginNote]) async -> Bool {
        if log.store.decides { return await take(notes) }
        let others = notes.filter { if case .lift = $0 { false } else { true } }
        return others.isEmpty ? true : await handOn(others)
    }

    /// Keeps what is still worth telling; a session is used again.
    ///
    /// - Returns: Whether anything is.
    private func keepBack(_ notes: [LoginNote]) -> Bool {
        let now = time.now
        return state.withLock { state in
            var kept: [LoginNote] = []
            for note in notes {
                switch note {
                case .lock(let lock): if lock.until > now { kept.append(note) }
                case .use(let id, _): state.told[id] = nil
                case .lift: break
                }
            }
            state.waiting = Array((kept + state.waiting).prefix(Self.mostWaiting))
            return !state.waiting.isEmpty
        }
    }
}
