import Certificates
import FoundationEssentials
import HTTPServer
import JobEngine
import Logging
import NodeAgent

/// The TLS identity new connections are shown: that of `[SSL]` and its files.
actor ServedIdentity: Reconciler {
    nonisolated let name = "tls"
    nonisolated let moment = ReconcilerMoment.beforeAcknowledging
    private nonisolated let contexts: TLSContexts
    private nonisolated let root: InstallationRoot
    private nonisolated let revocations: RevocationFile?
    private nonisolated let renews: Bool
    private nonisolated let logger: Logger
    /// The state of the file of revocations when it was read last.
    private var revocationsState: [Int]
    /// What the files held when it was last of use.
    private var served: TLSIdentity?

    /// - Parameters:
    ///   - first: What connections are shown by now.
    ///   - revocations: What authorities of clients took back; `nil` where nobody looks at that.
    ///   - renews: Whether the daemon makes a new certificate in time where it made the former one.
    init(
        _ first: FirstIdentity, _ contexts: TLSContexts, root: InstallationRoot, revocations: RevocationFile?,
        renews: Bool, logger: Logger
    ) {
        self.contexts = contexts
        self.root = root
        self.revocations = revocations
        self.renews = renews
        self.logger = logger
        revocationsState = []
        served = first.complaint == nil ? first.identity : nil
        if let complaint = first.complaint {
            logger.error("TLS files of EXAConf are not served", metadata: ["cause": "\(complaint)"])
        } else {
            keep(first.identity)
        }
    }

    nonisolated var note: ReconcilerNote? {
        let (material, now) = (contexts.material, Date())
        let leaf = material.chain.leaf
        let end = leaf.warning(at: now, isRenewed: renews && leaf.isMadeByDaemon)
        let findings = [end].compactMap(\.self) + (material.revocations?.findings(at: now) ?? [])
        let words = ["certificate until \(leaf.notAfter.ISO8601Format())"] + findings
        return ReconcilerNote(words.joined(separator: "; "), isImpaired: !findings.isEmpty)
    }

    /// Whether the file of revocations is another than the one that was read last.
    var revocationsWereTouched: Bool { revocations.map { $0.state != revocationsState } ?? false }

    /// Reads the files again; what cannot be used is refused and the identity stays as it is.
    func reconcile(from former: DecidedConfiguration?, to latest: DecidedConfiguration) async throws {
        let named = TLSFiles(latest.document, root, revocations: revocations)
        // Before it is read: what comes in between is looked at again.
        revocationsState = revocations?.state ?? []
        do throws(Failure) {
            let identity = try named.identity()
            // Most revisions leave certificates alone, and making a context of them is dear.
            if identity == served { return }
            do throws(CertificateError) {
                try contexts.replace(with: identity)
            } catch {
                throw named.failure(error)
            }
            served = identity
            keep(identity)
        } catch {
            throw Failure("\(error.description) The former identity goes on.", error.code)
        }
    }

    private nonisolated func keep(_ identity: TLSIdentity) {
        do throws(InstallError) {
            try KeptIdentity(root).keep(identity)
        } catch {
            logger.warning("TLS identity not kept for later starts", metadata: ["cause": "\(error.description)"])
        }
    }
}
