/// What room the store has, and what it takes, at one moment; all in bytes.
package struct StoreRoom: Sendable, Hashable {
    /// Where it lies.
    package var folder = ""
    /// What can be written on its file system; `nil` where that cannot be told.
    package var free: Int?
    /// With less than this free, room is low.
    package var low = 0
    /// What is kept free for administrators and the audit log now.
    package var reserved = 0
    /// What is to be kept free for them.
    package var reserve = 0
    /// What the store's file holds; `nil` when that cannot be read.
    package var history: Int?
    /// What it may hold before ended jobs are archived; `nil` for any size.
    package var historyLimit: Int?
    /// Events of the audit log that could not be kept, since the start.
    package var unrecorded = 0
    /// Those of them that no record tells of yet.
    package var untold = 0
    /// Refusals that are no records by themselves, but told together, since the start.
    package var folded = 0

    /// Nothing is known.
    package init() {}
}

extension StoreRoom {
    /// How each part of it stands, in words for strangers.
    package var checks: [ReadinessChecks.Check] { [space, spare, size, record] }

    private var space: ReadinessChecks.Check {
        guard let free else {
            return ReadinessChecks.Check(name: "space", isReady: true, detail: "nobody can tell how much is free")
        }
        let isEnough = free >= low
        let amount = "\(Self.mebibytes(free)) free, low below \(Self.mebibytes(low))"
        return ReadinessChecks.Check(
            name: "space", isReady: isEnough,
            detail: isEnough ? amount : "out-of-space: the disk with \(folder) is nearly full, make room; \(amount)")
    }

    private var spare: ReadinessChecks.Check {
        ReadinessChecks.Check(
            name: "reserve", isReady: true, isImpaired: reserved < reserve,
            detail:
                "\(Self.mebibytes(reserved)) of \(Self.mebibytes(reserve)) kept for administrators and the audit log")
    }

    private var size: ReadinessChecks.Check {
        guard let history else {
            return ReadinessChecks.Check(
                name: "history", isReady: true, isImpaired: true, detail: "how much it holds cannot be read now")
        }
        guard let historyLimit else {
            return ReadinessChecks.Check(name: "history", isReady: true, detail: Self.mebibytes(history))
        }
        // Jobs are archived once a minute, so that it is above the limit for a while.
        let isTooLarge = history - historyLimit > historyLimit / 10
        let amount = "\(Self.mebibytes(history)) of \(Self.mebibytes(historyLimit))"
        return ReadinessChecks.Check(
            name: "history", isReady: true, isImpaired: isTooLarge,
            detail: isTooLarge ? "\(amount): archiving fails, or what stays is too much" : amount)
    }

    private var record: ReadinessChecks.Check {
        guard untold == 0 else {
            return ReadinessChecks.Check(
                name: "audit_records", isReady: true, isImpaired: true,
                detail: "\(untold) events could not be kept and stand in the log of the daemon alone")
        }
        return ReadinessChecks.Check(
            name: "audit_records", isReady: true,
            detail: unrecorded == 0
                ? "every event is kept" : "\(unrecorded) events since the start are told by their number alone")
    }

    private static func mebibytes(_ bytes: Int) -> String { "\(bytes >> 20) MiB" }
}
