import Gateway
import SQLiteStore

extension StoreSpace {
    /// Whether jobs of everybody can be kept, as far as room goes.
    var check: ReadinessChecks.Check {
        let isEnough = !isLow
        return ReadinessChecks.Check(
            name: "space", isReady: isEnough,
            detail: isEnough
                ? "room for the job store" : "out-of-space: the disk with \(path) is nearly full, make room")
    }
}
