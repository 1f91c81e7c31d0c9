import Access
import HTTPServer
import Logging
import Synchronization

/// What all ports share: which service is behind which port, and how much of everything is in use.
final class FileServiceRegistry: Sendable {
    let limits: FileServerLimits
    let proxies: TrustedProxies
    let passwords: PasswordGuard
    let logger: Logger
    let archives: Unpacker
    /// Under which files are changed.
    let changes = ChangeLocks()
    let date = ResponseDate()
    private let time: any TimeSource
    private let limiter: RateLimiter
    private let services = Mutex<[Endpoint: ServedService]>([:])
    private let sharing = Mutex<SharedBuckets?>(nil)

    init(
        limits: FileServerLimits, proxies: TrustedProxies, passwords: PasswordGuard, time: any TimeSource,
        logger: Logger
    ) {
        (self.limits, self.proxies, self.passwords) = (limits, proxies, passwords)
        (self.time, self.logger) = (time, logger)
        archives = Unpacker(limits: limits.archive, time: time, logger: logger)
        var rates = RateLimits.none
        rates.waits = limits.uploads
        rates.strangers = RateLimit(
            perSecond: limits.wrongPasswords.perSecond, burst: limits.wrongPasswords.burst)
        limiter = RateLimiter(rates)
    }

    /// The files in a cluster; `nil` for a node that is alone, whose disk says what there is.
    var shared: SharedBuckets? { sharing.withLock { $0 } }

    /// Has the catalogue of a cluster say what there is.
    func share(_ buckets: SharedBuckets) { sharing.withLock { $0 = buckets } }

    func service(at endpoint: Endpoint) -> ServedService? { services.withLock { $0[endpoint] } }

    /// Serves these from now on; nobody has guessed at the passwords that are new.
    func serve(_ services: [Endpoint: ServedService]) {
        let former = self.services.withLock { served in
            defer { served = services }
            return served
        }
        let known = Self.passwords(of: former)
        for (account, password) in Self.passwords(of: services) where known[account].map({ $0 != password }) == true {
            passwords.forget(account)
        }
    }

    private static func passwords(of services: [Endpoint: ServedService]) -> [String: [UInt8]?] {
        var found: [String: [UInt8]?] = [:]
        for service in services.values {
            for bucket in service.buckets {
                found.updateValue(bucket.readPassword, forKey: bucket.account(of: service, for: .read))
                found.updateValue(bucket.writePassword, forKey: bucket.account(of: service, for: .write))
            }
        }
        return found
    }

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
