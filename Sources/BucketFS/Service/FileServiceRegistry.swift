import Access
import HTTPServer
import Logging
import Synchronization

/// What all ports share: which service is behind which port, and how much of everything is in use.
final class FileServiceRegistry: Sendable {
    let limits: FileServerLimits
    let logger: Logger
    let archives: Unpacker
    /// Under which files are changed.
    let changes = ChangeLocks()
    let date = ResponseDate()
    private let time: any TimeSource
    private let limiter: RateLimiter
    private let services = Mutex<[Endpoint: ServedService]>([:])

    init(limits: FileServerLimits, time: any TimeSource, logger: Logger) {
        (self.limits, self.time, self.logger) = (limits, time, logger)
        archives = Unpacker(limits: limits.archive, time: time, logger: logger)
        var rates = RateLimits.none
        rates.waits = limits.uploads
        rates.strangers = RateLimit(
            perSecond: limits.wrongPasswords.perSecond, burst: limits.wrongPasswords.burst)
        limiter = RateLimiter(rates)
    }

    func service(at endpoint: Endpoint) -> ServedService? { services.withLock { $0[endpoint] } }

    func serve(_ services: [Endpoint: ServedService]) { self.services.withLock { $0 = services } }

    /// A place among the uploads, free again when nobody holds it; `nil` when all are taken.
    func beginUpload() -> RateLimiter.Wait? { limiter.beginWait(of: "uploads") }

    /// Waits before a wrong password is answered, when the address gave many of them.
    func slowDown(_ address: String) async {
        let now = time.monotonic
        guard let status = limiter.take(address, onCredit: true, at: now), status.wait > .zero else {
            return
        }
        await time.sleep(until: now + min(status.wait, .seconds(30)))
    }
}
