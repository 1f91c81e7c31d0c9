package import Application
import HTTPTypes
import Synchronization

/// Counts the streams each user has open.
package final class StreamLimiter: Sendable {
    private let perUser: Int
    private let open: Gauge
    private let taken = Mutex<[String: Int]>([:])

    /// - Parameter perUser: So many streams a user may have open at once.
    /// - Parameter open: Shows how many are open.
    package init(perUser: Int, open: Gauge) {
        self.perUser = perUser
        self.open = open
    }

    /// One open stream; it is free again when nobody holds it, or when it is given up.
    package final class Seat: Sendable {
        private let user: String
        private let seats: StreamLimiter
        private let givenUp = Mutex(false)

        fileprivate init(_ user: String, _ seats: StreamLimiter) {
            self.user = user
            self.seats = seats
        }

        deinit { giveUp() }

        /// Whether whoever the stream was for is gone.
        package var isGivenUp: Bool { givenUp.withLock { $0 } }

        /// Frees the seat now, once.
        package func giveUp() {
            let isFirst = givenUp.withLock { isGone in
                defer { isGone = true }
                return !isGone
            }
            if isFirst { seats.leave(user) }
        }
    }

    /// A seat for a user.
    ///
    /// - Throws: ``Problem`` `rate-limited` when all seats of the user are taken.
    package func take(for user: String) throws(Problem) -> Seat {
        let isFree = taken.withLock { taken in
            let count = taken[user, default: 0]
            if count < perUser { taken[user] = count + 1 }
            return count < perUser
        }
        if isFree {
            open.add(1)
            return Seat(user, self)
        }
        var problem = Problem(
            .rateLimited, "User '\(user)' has \(perUser) event streams open. Close one, or read events by pages.")
        problem.headers[.retryAfter] = "5"
        throw problem
    }

    private func leave(_ user: String) {
        open.add(-1)
        taken.withLock { taken in
            let count = taken[user, default: 0] - 1
            taken[user] = count > 0 ? count : nil
        }
    }
}
