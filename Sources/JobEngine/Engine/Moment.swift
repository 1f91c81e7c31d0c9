import Values

/// A moment by both clocks. Whoever feeds the engine says when something happened: the engine reads no clock.
struct Moment: Sendable, Hashable {
    /// What records are stamped with.
    let wall: Timestamp
    /// What deadlines go by; never goes back.
    let monotonic: Duration
}
