import Certificates
import EXAConf
import Foundation
import HTTPServer
import JobEngine
import NodeAgent
import Posix

/// The TLS identity the configuration names: certificate, key and authorities, read from their files.
struct TLSFiles {
    private let ssl: SSLSettings
    private let root: InstallationRoot
    private let revocations: RevocationFile?

    /// - Parameter revocations: What authorities of clients took back; `nil` where nobody looks at that.
    init(_ document: Document, _ root: InstallationRoot, revocations: RevocationFile?) {
        ssl = document.ssl
        self.root = root
        self.revocations = revocations
    }

    /// What the files hold, unchecked.
    ///
    /// - Throws: ``Failure`` naming the file that cannot be read, and the cure.
    func identity(trustingNobody: Bool = false) throws(Failure) -> TLSIdentity {
        let policy = try policy()
        var identity = TLSIdentity(
            certificateChain: try read(.certificate), privateKey: try read(.key),
            clientAuthorities: policy == .none || trustingNobody ? nil : try read(.authorities),
            clientCertificates: policy)
        identity.trustsNobody = trustingNobody
        if policy != .none, !trustingNobody { identity.clientRevocations = try revokedClients() }
        return identity
    }

    /// What authorities of clients took back, unchecked; `nil` where nobody looks at that.
    ///
    /// - Throws: ``Failure`` naming the file that cannot be read, and the cure.
    func revokedClients() throws(Failure) -> [UInt8]? { try revocations?.bytes() }

    /// The identity of the files, once it is one that a server may begin to use now.
    ///
    /// Start, reload, `confd check` and `cert_update` ask the same: ``TLSIdentity/material()`` and what it checks.
    ///
    /// - Throws: ``Failure`` naming the file at fault, and the cure.
    func usableIdentity() throws(Failure) -> TLSIdentity {
        let identity = try identity()
        do throws(CertificateError) {
            try identity.material().check(at: Date())
        } catch {
            throw failure(error)
        }
        return identity
    }

    /// What `CertVerify` asks of clients.
    func policy() throws(Failure) -> ClientCertificatePolicy {
        let word = ssl.verification.lowercased()
        if word.isEmpty { return .none }
        guard let policy = ClientCertificatePolicy(rawValue: word) else {
            throw Failure(
                "CertVerify in [SSL] is '\(ssl.verification)'; it has to be none, optional or required.", .badData)
        }
        return policy
    }

    /// The fault of a file as an operator needs it: which key of `[SSL]`, which file, what to do.
    func failure(_ error: CertificateError) -> Failure {
        if error.part == .revocations, let revocations {
            return revocations.failure("\(revocations.path): \(error.message)")
        }
        let (key, path) = entry(of: error.part)
        let location = (try? root.location(.certificate, path)) ?? path
        return Failure("\(key) in [SSL], \(location): \(error.message)", .badData)
    }

    private func entry(of part: CertificateError.Part) -> (key: String, path: String) {
        switch part {
        case .certificate: ("Cert", ssl.certificate)
        case .key: ("CertKey", ssl.key)
        case .authorities, .revocations: ("CertAuth", ssl.authority)
        }
    }

    private func read(_ part: CertificateError.Part) throws(Failure) -> [UInt8] {
        let (key, path) = entry(of: part)
        let location: String
        do throws(InstallError) {
            location = try root.location(.certificate, path)
        } catch {
            throw Failure("\(key) in [SSL]: \(error.description)", .badData)
        }
        // Whatever is larger is refused by its size; no more of it is needed in memory.
        do throws(SystemFault) {
            return try Descriptor.content(of: location, upTo: CertificateChain.sizeLimit + 1)
        } catch {
            throw Failure("\(key) in [SSL] names \(location), which cannot be read.", .badData)
        }
    }
}
