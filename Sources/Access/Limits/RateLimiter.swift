import Synchronization
import Values

/// Counts requests without a login, by a token bucket for each address, and the waits of each user.
package final class RateLimiter: Sendable {
    /// How a bucket stands after a request was counted.
    package struct Status: Sendable, Hashable {
        /// The limit the bucket has.
        package let limit: RateLimit
        /// Requests that could follow at once.
        package let remaining: Int
        /// Until the bucket is full again.
        package let untilFull: Duration
        /// How long this request has to wait for its turn; zero when it has not.
        package let wait: Duration
    }

    private struct Level {
        var tokens: Double
        var at: Duration
    }

    private struct State {
        var levels: BoundedMap<String, Level>
        var waits: [String: Int] = [:]
    }

    /// The limits that are kept.
    package let limits: RateLimits
    private let state: Mutex<State>

    /// All buckets are full at first. Of more than `capacity` addresses, those longest quiet are forgotten, which fills
    /// their buckets.
    package init(_ limits: RateLimits, capacity: Int = 20_000) {
        self.limits = limits
        state = Mutex(State(levels: BoundedMap(capacity: capacity)))
    }

    /// Counts a request from an address, unless its bucket is empty; `nil` when there is no limit.
    ///
    /// An IPv6 /64 counts as one address. With `onCredit` the request is counted all the same, and the status says when
    /// its turn is.
    package func take(_ address: String, onCredit: Bool = false, at now: Duration) -> Status? {
        let limit = limits.strangers
        guard limit.isOn else { return nil }
        let (rate, burst) = (Double(limit.perSecond), Double(limit.burst))
        return state.withLock { state in
            let scope = RemoteAddress(address).scope
            let level = state.levels.value(for: scope) ?? Level(tokens: burst, at: now)
            var tokens = min(burst, level.tokens + rate * max(0, (now - level.at) / .seconds(1)))
            let wait = max(0, 1 - tokens) / rate
            if wait == 0 || onCredit { tokens -= 1 }
            state.levels.set(Level(tokens: tokens, at: now), for: scope)
            return Status(
                limit: limit, remaining: max(0, Int(tokens)), untilFull: .seconds((burst - tokens) / rate),
                wait: .seconds(wait))
        }
    }

    /// Addresses that are remembered.
    package var count: Int { state.withLock { $0.levels.count } }

    /// A place among the waits of a user, held as long as the value lives; `nil` when all are taken.
    package func beginWait(of user: String) -> Wait? {
        guard limits.waits > 0 else { return Wait {} }
        let isFree = state.withLock { state in
            guard state.waits[user, default: 0] < limits.waits else { return false }
            state.waits[user, default: 0] += 1
            return true
        }
        guard isFree else { return nil }
        return Wait { [self] in
            state.withLock { state in
                let left = state.waits[user, default: 1] - 1
                state.waits[user] = left > 0 ? left : nil
            }
        }
    }

    /// A place among a user's waits; it is free again when nobody holds this object any more.
    package final class Wait: Sendable {
        private let onEnd: @Sendable () -> Void

        fileprivate init(_ onEnd: @escaping @Sendable () -> Void) {
            self.onEnd = onEnd
        }

        deinit {
            onEnd()
        }
    }
}
