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
    private nonisolated let logger: Logger
    /// What the files held when it was last of use.
    private var served: TLSIdentity?

    /// - Parameter first: What connections are shown by now.
    init(_ first: FirstIdentity, _ contexts: TLSContexts, root: InstallationRoot, logger: Logger) {
        self.contexts = contexts
        self.root = root
        self.logger = logger
        served = first.complaint == nil ? first.identity : nil
        if let complaint = first.complaint {
            logger.error("TLS files of EXAConf are not served", metadata: ["cause": "\(complaint)"])
        } else {
            keep(first.identity)
        }
    }

    nonisolated var note: ReconcilerNote? {
        ReconcilerNote("certificate until \(contexts.notValidAfter.ISO8601Format())")
    }

    /// Reads the files again; what cannot be used is refused and the identity stays as it is.
    func reconcile(from former: DecidedConfiguration?, to latest: DecidedConfiguration) async throws {
        let named = TLSFiles(latest.document, root)
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
