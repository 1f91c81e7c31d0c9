/// Times and limits of logging in.
package struct LoginPolicy: Sendable, Hashable {
    /// How many failures are borne.
    package var lockout = LockoutPolicy()

    /// How long a verified credential is remembered, roles included; zero switches it off. Default and longest 60 s.
    package var cacheLifetime = Duration.seconds(60)

    /// Credentials remembered at most. Default 4096.
    package var cacheCapacity = 4096

    /// Passwords checked at once; one address has half of them at most. Default 4.
    package var checksAtOnce = 4

    /// Checks that wait for one of these places; of addresses that tried in vain no more wait. Default 64.
    package var checksInLine = 64

    /// Checks that wait when the others are of users who were right before, or of addresses that are new: about as many
    /// as can be done while one is patient. Default 512.
    package var longestLine = 512

    /// How long a check waits for its place. Default 10 s.
    package var checkPatience = Duration.seconds(10)

    /// Every failure is answered no earlier than this after it was asked. Default 1 s.
    package var failureFloor = Duration.seconds(1)

    /// A random part of up to this length comes on top of the floor. Default 250 ms.
    package var failureJitter = Duration.milliseconds(250)

    /// A session ends this long after it was opened. Default 12 h.
    package var sessionLifetime = Duration.seconds(43_200)

    /// A session ends when it was not used for this long. Default 30 min.
    package var sessionIdleLimit = Duration.seconds(1800)

    /// Sessions of one user at once; of more, the one not used for longest ends. Default 200.
    package var sessionsPerUser = 200

    /// Tokens of one user that have not ended; more are refused. Default 50.
    package var tokensPerUser = 50

    /// How long a login waits for the answer to what it asked. Default 60 s.
    package var challengePatience = Duration.seconds(60)

    /// Logins of one address that may wait for answers at once. Default 4.
    package var challengesPerAddress = 4

    /// How often one login may ask. Default 8.
    package var challengeRounds = 8

    /// The account of this machine the daemon runs as: it is root here, as it has everything that is.
    package var daemonUserID = 0

    /// Whether a client certificate can give the rights of root. Default false.
    package var certificatesGrantRoot = false

    /// What a caller is told to wait when a check could not be made. Default 5 s.
    package var unavailableRetry = Duration.seconds(5)

    /// The defaults.
    package init() {}

    /// The longest a role may be out of date.
    static let longestCache = Duration.seconds(60)

    /// When a failure asked at `start` is to be answered: the floor, or a multiple of it when the check took longer, so
    /// that the time tells nothing about the check.
    func answerTime(start: Duration, now: Duration, jitter: Duration) -> Duration {
        guard failureFloor > .zero else { return now }
        let elapsed = max(.zero, now - start)
        let floors = max(1, (elapsed / failureFloor).rounded(.up))
        return start + failureFloor * floors + jitter
    }
}
