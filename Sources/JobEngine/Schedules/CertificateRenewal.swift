import Access
import Values

/// Has the certificate renewed that the daemon made for itself, when it is time; in a cluster each node says so of its own.
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

    /// Looks at it now and at the beginning of each hour, and sees to those of other nodes, until the daemon stops.
    package func run() async {
        await withTaskGroup { group in
            group.addTask { for await node in scheduler.needs.certificates { await renew(on: node) } }
            await scheduler.everyHour { await renew() }
            group.cancelAll()
        }
    }

    /// Submits `cert_renew` for a certificate that is due, once a day at most: what failed is in the history, and is not
    /// better an hour later.
    package func renew() async {
        guard let certificate = due(), await !scheduler.handOn(.certificate) else { return }
        guard scheduler.cluster.status.isMaster else { return }
        let key = "renewal/\(certificate.prefix(16))/\(scheduler.now.description.prefix(10))"
        await submit([:], key)
    }

    /// The same for another node, which says that its certificate is due: once a day at most, whatever it says.
    func renew(on node: Int) async {
        guard scheduler.cluster.status.isMaster else { return }
        await submit(["nid": .int(node)], "renewal/n\(node)/\(scheduler.now.description.prefix(10))")
    }

    private func submit(_ parameters: [String: Value], _ key: String) async {
        guard await !scheduler.hasSubmitted(key) else { return }
        await scheduler.submitByItself(
            JobRequest(scheduled: "cert_renew", parameters, purpose: "the certificate ends", key: key))
    }
}
