import Access
import Certificates
import EXAConf
import FoundationEssentials
import JobEngine
import NodeCommands

/// The keys that were made on this node and wait for the certificate an authority was asked for.
struct WaitingKeys {
    /// Requests that may be open at once; who answers none of them has to tidy up.
    static let limit = 16

    /// Where they lie.
    let folder: String
    let files: DurableFile

    /// Their paths, sorted.
    ///
    /// - Throws: `failed` with code 1 when the folder cannot be read.
    var paths: [String] {
        get throws(ActionError) {
            let names = try ActionError.reporting { () throws(InstallError) in
                try files.told { () throws(FileFault) in try files.files.names(in: folder) }
            }
            return names.filter { $0.hasPrefix("request-") && $0.hasSuffix(".key") }.sorted().map { "\(folder)/\($0)" }
        }
    }

    /// The paths of those that belong to a certificate.
    func paths(for certificate: Certificate) throws(ActionError) -> [String] {
        var found: [String] = []
        for path in try paths {
            if try key(at: path)?.belongs(to: certificate) ?? false { found.append(path) }
        }
        return found
    }

    /// The key for a chain that was given without one: that of a request, or the one in use.
    ///
    /// - Returns: PEM text.
    /// - Throws: `refused` when there is none, or what the TLS server would refuse.
    func key(for install: CertificateInstall, _ call: ActionCall) throws(ActionError) -> String {
        let chain = try Self.refusing("cert") { () throws(CertificateError) in
            try CertificateChain(pem: install.certificate)
        }
        let waiting = try paths
        for path in try waiting + [call.path(install.keyPath, .certificate)] {
            guard let key = try key(at: path), key.belongs(to: chain.leaf) else { continue }
            let now = Date(timeIntervalSince1970: Double(call.time.now) / 1000)
            try Self.refusing("cert") { () throws(CertificateError) in
                try TLSMaterial(certificate: Array(install.certificate.utf8), key: Array(key.pem.utf8)).check(at: now)
            }
            return key.pem
        }
        guard !waiting.isEmpty else {
            throw .refused(
                JobError(
                    .objectMissing,
                    "No key waits on this node for a certificate. Ask for one with cert_request, or give the key."))
        }
        throw .refused(
            .invalid(
                "cert",
                "None of the keys that wait on this node belongs to the first certificate, \"\(chain.leaf.subject)\". Give "
                    + "the chain that answers a request of cert_request, the node's own certificate first."))
    }

    /// `nil` for a file that is gone or holds no key.
    private func key(at path: String) throws(ActionError) -> PrivateKey? {
        let bytes = try ActionError.reporting { () throws(InstallError) in try files.read(path) }
        return bytes.flatMap { try? PrivateKey(pem: $0) }
    }

    /// Does a check whose fault is one of a parameter.
    static func refusing<Result>(
        _ parameter: String, _ check: () throws(CertificateError) -> Result
    ) throws(ActionError) -> Result {
        do throws(CertificateError) {
            return try check()
        } catch {
            throw .refused(.invalid(parameter, error.message))
        }
    }
}

extension ActionCall {
    /// The keys that wait on this node.
    var waitingKeys: WaitingKeys { WaitingKeys(folder: root.etc + "/ssl", files: files) }
}
