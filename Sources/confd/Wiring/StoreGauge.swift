import Access
import Application
import SQLiteStore

/// Measures what room the store has, for probes and metrics.
struct StoreGauge: Sendable {
    let space: StoreSpace
    let file: SQLiteFile
    let trail: SQLiteAudit
    let audit: FoldedAudit
    /// What the store may hold before ended jobs are archived; `nil` for any size.
    let historyLimit: Int?

    /// What there is now.
    func measure() async -> StoreRoom {
        var room = StoreRoom()
        room.folder = space.path
        if let (free, bounds) = space.measured {
            room.free = free
            room.low = bounds.low
            room.reserve = bounds.reserve
        }
        room.reserved = file.reservedBytes
        room.history = try? await file.usedBytes()
        room.historyLimit = historyLimit
        let missed = trail.unrecorded
        room.unrecorded = missed.all
        room.untold = missed.untold
        room.folded = audit.folded
        return room
    }
}
