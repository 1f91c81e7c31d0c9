import EXAConf
import Foundation
import Gateway
import JobEngine
import NodeAgent

/// The TLS identity the configuration names: certificate, key and authorities, read from their files.
struct TLSFiles {
    private let ssl: SSLSettings
    private let root: InstallationRoot

    init(_ document: Document, _ root: InstallationRoot) {
        ssl = document.ssl
        self.root = root
    }

    /// - Throws: ``Failure`` naming the file and the cure.
    func identity() throws(Failure) -> TLSIdentity {
        let policy = try policy()
        return TLSIdentity(
            certificateChain: try read(ssl.certificate, "Cert"), privateKey: try read(ssl.key, "CertKey"),
            clientAuthorities: policy == .none ? nil : try read(ssl.authority, "CertAuth"),
            clientCertificates: policy)
    }

    private func policy() throws(Failure) -> ClientCertificatePolicy {
        switch ssl.verification.lowercased() {
        case "none", "": return .none
        case "optional": return .optional
        case "required": return .required
        default:
            throw Failure(
                "CertVerify in [SSL] is '\(ssl.verification)'; it has to be none, optional or required.", .badData)
        }
    }

    private func read(_ path: String, _ key: String) throws(Failure) -> [UInt8] {
        let location: String
        do throws(InstallError) {
            location = try root.location(of: path, for: .reading)
        } catch {
            throw Failure("\(key) in [SSL]: \(error.description)", .badData)
        }
        guard let bytes = FileManager.default.contents(atPath: location) else {
            throw Failure("\(key) in [SSL] names \(location), which cannot be read.", .badData)
        }
        return [UInt8](bytes)
    }
}
