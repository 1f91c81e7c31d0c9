import Glibc
import Synchronization
import Values

/// The `Date` header, made once a second (RFC 9110, 6.6.1).
package final class ResponseDate: Sendable {
    private let cache = Mutex<(second: time_t, text: String)>((-1, ""))

    /// One for all answers of a server.
    package init() {}

    /// The field's value of this second.
    package var text: String {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME_COARSE, &now)
        let second = now.tv_sec
        return cache.withLock { cache in
            if cache.second != second { cache = (second, HTTPDate.text(second)) }
            return cache.text
        }
    }

    /// The same where there is no server at hand.
    static var now: String { HTTPDate.text(time(nil)) }
}
