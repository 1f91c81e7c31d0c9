import Certificates
import EXAConf
import JobEngine
import NodeCommands

extension CertificateRequestMake: NodeAction {
    /// The key is written with mode 0600.
    ///
    /// - Throws: `refused` when too many keys wait, `failed` with code 2 for an unfit path or name, with code 1 when the file
    ///   cannot be written; `cancelled` or `timedOut` before it is.
    func run(_ call: ActionCall) throws(ActionError) -> Answer {
        let path = try call.path(keyPath, .certificate)
        let waiting = call.waitingKeys
        guard try waiting.paths.count < WaitingKeys.limit else {
            throw .refused(
                JobError(
                    .objectExists,
                    "\(WaitingKeys.limit) keys wait for a certificate in \(waiting.folder): remove those of requests nobody "
                        + "will answer (request-*.key)."))
        }
        let key: PrivateKey
        let request: String
        do throws(CertificateError) {
            key = try PrivateKey.generate(keyType.kind)
            request = try SigningRequest(commonName: commonName, names: hosts.map { SubjectName(host: $0) })
                .pem(signedBy: key)
        } catch {
            throw .failed(code: error.code == .requestInvalid ? 2 : 1, message: error.message)
        }
        try call.check()
        _ = try ActionError.reporting { () throws(InstallError) in
            try call.files.write(Array(key.pem.utf8), to: path, mode: 0o600)
        }
        return Answer(request: request)
    }
}

extension CertificateRequestMake.KeyType {
    fileprivate var kind: PrivateKey.Kind {
        switch self {
        case .p256: .p256
        case .p384: .p384
        case .rsa3072: .rsa(3072)
        case .rsa4096: .rsa(4096)
        }
    }
}

extension CertificateRequestDrop: NodeAction {
    /// A step that never began has nothing to take back.
    ///
    /// - Throws: `failed` with code 2 for an unfit path, with code 1 when the file cannot be removed.
    func run(_ call: ActionCall) throws(ActionError) -> NoAnswer {
        let path = try call.path(keyPath, .certificate)
        try ActionError.reporting { () throws(InstallError) in try call.files.remove(path) }
        return NoAnswer()
    }
}

extension CertificateRequestSettle: NodeAction {
    /// - Throws: `failed` with code 2 for what is no certificate, with code 1 when a key cannot be removed.
    func run(_ call: ActionCall) throws(ActionError) -> NoAnswer {
        let chain: CertificateChain
        do throws(CertificateError) {
            chain = try CertificateChain(pem: certificate)
        } catch {
            throw .failed(code: 2, message: error.message)
        }
        for path in try call.waitingKeys.paths(for: chain.leaf) {
            try ActionError.reporting { () throws(InstallError) in try call.files.remove(path) }
        }
        return NoAnswer()
    }
}
