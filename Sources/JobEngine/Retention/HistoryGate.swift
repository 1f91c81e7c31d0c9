import Access
import Synchronization
import Values

/// Says which jobs are kept in the history, by the room there is and by what their users have added to it.
final class HistoryGate: Sendable {
    /// Why a look is in no history.
    enum Omission: Sendable {
        case noRoom
        case spent(user: String)

        var warning: JobWarning {
            let cause =
                switch self {
                case .noRoom: "the disk with the job store has hardly any room left."
                case .spent(let user): "user '\(user)' has added \(HistoryBudget.bytes >> 30) GiB to it within an hour."
                }
            return JobWarning(.notRecorded, text: "This job is in no history: \(cause)")
        }
    }

    private let room: any HistoryRoom
    private let time: any TimeSource
    private let state = Mutex((budget: HistoryBudget(), omitted: 0))

    /// Whether there is hardly any room left.
    var isRoomLow: Bool { room.isLow }

    init(_ room: any HistoryRoom, _ time: any TimeSource) {
        self.room = room
        self.time = time
    }

    /// Looks that were answered and not kept since the start.
    var omitted: Int { state.withLock { $0.omitted } }

    /// What users have added within their hours.
    var shares: HistoryShares {
        let now = time.monotonic
        return state.withLock { $0.budget.shares(at: now) }
    }

    /// Why a new job is not kept, `nil` when it is.
    ///
    /// - Throws: ``JobError/Code/outOfSpace`` for a job of somebody else than an administrator that would have to be kept.
    func omission(isLook: Bool, by principal: Principal) throws(JobError) -> Omission? {
        if room.isLow {
            if isLook { return .noRoom }
            guard principal.isAdministrator else {
                throw JobError(
                    .outOfSpace,
                    "The disk with the job store is nearly full: only jobs of administrators are taken. Make room, then try again."
                )
            }
        }
        let now = time.monotonic
        guard isLook, state.withLock({ $0.budget.isSpent(by: principal.name, at: now) }) else { return nil }
        return .spent(user: principal.name)
    }

    /// Counts a look that is answered and not kept; it is volatile, and says why.
    func omit(_ record: JobRecord, _ omission: Omission) -> JobRecord {
        state.withLock { $0.omitted += 1 }
        var record = record
        record.scheduling.isVolatile = true
        record.warnings.append(omission.warning)
        return record
    }

    /// Counts what a job added to the history.
    func add(_ record: JobRecord) {
        let now = time.monotonic
        state.withLock { $0.budget.add(record.weight, for: record.requester.name, at: now) }
    }
}

extension Principal {
    /// Whether jobs of theirs go on when there is hardly any room left.
    var isAdministrator: Bool { isRoot || roles.contains("exaadm") }
}

extension StoreWrite {
    /// Whether it may use what is kept free for administrators.
    package var isAdministration: Bool { jobs.isEmpty || jobs.contains { $0.requester.principal.isAdministrator } }
}

extension JobRecord {
    /// About how many bytes it takes in the store.
    fileprivate var weight: Int {
        500 + [.map(parameters), request.body, result?.output ?? .null].reduce(0) { $0 + $1.weight }
    }
}
