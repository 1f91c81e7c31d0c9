import NIOCore

/// Whether a body comes fast enough to be worth the memory that is kept for it: a client may not hold much of that for
/// hours by a KiB now and then. Time is handed in.
struct BodyPace {
    /// Bytes a second from the begin on, in the mean.
    static let least = 8 * 1024
    /// Until then any pace will do.
    static let grace = TimeAmount.seconds(60)

    private var begin: NIODeadline?

    /// The server did not read for so long, which is not the client's fault.
    mutating func passOver(_ time: TimeAmount) {
        begin = begin.map { $0 + time }
    }

    /// To be asked whenever something came.
    ///
    /// - Parameter bytes: What has come by now, in all.
    mutating func isTooSlow(_ bytes: Int, now: NIODeadline) -> Bool {
        let begin = self.begin ?? now
        self.begin = begin
        let time = now - begin
        return time > Self.grace && bytes < Int(time.nanoseconds / 1_000_000_000) * Self.least
    }
}
