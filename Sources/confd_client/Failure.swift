/// Why the client ends without success: what is wrong and what to do, and an exit code for scripts.
struct Failure: Error, Equatable {
    /// The codes scripts can rely on; 1 to 5 and 70 are those the daemon's list of errors has.
    enum Code: Equatable {
        /// What was asked was refused, or the job failed.
        case failed
        /// The command line, or what it asks for, is wrong.
        case usage
        /// The job has not ended.
        case open
        /// The login failed, or the right is missing.
        case denied
        /// There is no answer now; the same command can succeed later.
        case unavailable
        /// At the other end is not a daemon to be trusted: certificate, TLS, or another service.
        case untrusted
        /// What was done cannot be told: standard output cannot be written.
        case lost
        /// As the daemon's list of errors says.
        case told(Int)

        var number: Int32 {
            switch self {
            case .failed: 1
            case .usage: 2
            case .open: 3
            case .denied: 4
            case .unavailable: 5
            case .untrusted: 6
            case .lost: 74
            case .told(let number): (1...125).contains(number) ? Int32(number) : 1
            }
        }
    }

    let message: String
    var advice: String?
    let code: Code

    init(_ message: String, advice: String? = nil, _ code: Code = .failed) {
        self.message = message
        self.advice = advice
        self.code = code
    }

    static func usage(_ message: String) -> Failure { Failure(message, .usage) }
}
