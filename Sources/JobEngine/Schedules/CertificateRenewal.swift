import Access
import Values

/// Has the certificate renewed that the daemon made for itself, when it is time.
package struct CertificateRenewal: Sendable {
    private let scheduler: JobScheduler
    private let due: @Sendable () -> String?

    /// Nothing is asked for before ``run()``.
    ///
    /// - Parameter due: What tells the certificate that is to be renewed from others; `nil` for none.
    package init(_ scheduler: JobScheduler, due: @escaping @Sendable () -> String?) {
        self.scheduler = scheduler
        self.due = due
    }

    /// Looks at it now and at the beginning of each hour, until the daemon stops.
    package func run() async {
        await scheduler.everyHour { await renew() }
    }

    /// Submits `cert_renew` for a certificate that is due, once a day at most: what failed is in the history, and is not
    /// better an hour later.
    package func renew() async {
        guard scheduler.cluster.status.isMaster, let certificate = due() else { return }
        let key = "renewal/\(certificate.prefix(16))/\(scheduler.now.description.prefix(10))"
        guard await !scheduler.hasSubmitted(key) else { return }
        await scheduler.submitByItself(
            JobRequest(scheduled: "cert_renew", [:], purpose: "the certificate ends", key: key))
    }
}
