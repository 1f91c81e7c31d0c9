import Certificates
import Foundation
import HTTPServer
import JobEngine
import NodeAgent

/// The TLS identity that was used last, kept beside the files of `[SSL]` for a start that finds those unusable.
///
/// Chain and key are one file, so that they always belong together.
struct KeptIdentity {
    private let files = DurableFile()
    private let pair: String
    private let authorities: String

    init(_ root: InstallationRoot) {
        pair = root.etc + "/ssl/last-loaded.pem"
        authorities = root.etc + "/ssl/last-loaded-ca.pem"
    }

    /// Where it is, for messages.
    var path: String { pair }

    /// Keeps an identity that has just come into use; an equal one costs nothing.
    func keep(_ identity: TLSIdentity) throws(InstallError) {
        let material: TLSMaterial
        do throws(CertificateError) {
            material = try identity.material()
        } catch {
            throw InstallError(error.message)
        }
        if let bundle = material.authorities {
            try files.write(Array(bundle.pem.utf8), to: authorities, mode: 0o644)
        }
        try files.write(Array((material.chain.pem + material.key.pem).utf8), to: pair, mode: 0o600)
    }

    /// What is kept, once it is good now.
    ///
    /// - Parameters:
    ///   - policy: What is asked of clients; never less than the configuration says.
    ///   - wanted: Say what clients were taken back, which nothing kept stands for.
    func identity(
        _ policy: ClientCertificatePolicy, _ wanted: TLSFiles, trustingNobody: Bool = false
    ) -> TLSIdentity? {
        guard let bytes = try? files.read(pair), let chain = try? CertificateChain(pem: bytes) else { return nil }
        var identity = TLSIdentity(
            certificateChain: Array(chain.pem.utf8), privateKey: bytes,
            clientAuthorities: policy == .none || trustingNobody ? nil : (try? files.read(authorities)) ?? nil,
            clientCertificates: policy)
        identity.trustsNobody = trustingNobody
        if policy != .none, !trustingNobody {
            do throws(Failure) {
                identity.clientRevocations = try wanted.revokedClients()
            } catch {
                return nil
            }
        }
        guard let material = try? identity.material(), (try? material.check(at: Date())) != nil else { return nil }
        return identity
    }
}

/// What a daemon begins to serve with.
struct FirstIdentity {
    let identity: TLSIdentity
    /// Why it is not simply what the files of `[SSL]` hold, with the cure; `nil` when it is.
    var complaint: String?
}

extension TLSFiles {
    /// The identity of the files; in place of unusable ones what was used last; without that, what can be served at all,
    /// such as a certificate that has expired, since only a daemon that serves can be given a new one.
    ///
    /// Where clients are to be verified and nobody knows by whom, it serves with nobody verified: the local socket and, with
    /// `CertVerify = optional`, passwords lead in.
    ///
    /// - Throws: ``Failure`` naming the file at fault, and the cure.
    func firstIdentity(_ kept: KeptIdentity) throws(Failure) -> FirstIdentity {
        let policy = try policy()
        do throws(Failure) {
            return FirstIdentity(identity: try usableIdentity())
        } catch {
            let cure = "Put a good certificate with its key there, or run cert_update."
            let fromKept = "The identity that was used last serves instead, from \(kept.path)."
            let nobody = "Certificates of clients are believed from nobody."
            let substitutes: [(identity: TLSIdentity?, words: String)] = [
                (kept.identity(policy, self), fromKept),
                (try? identity(), "It serves all the same."),
                (kept.identity(policy, self, trustingNobody: true), "\(fromKept) \(nobody)"),
                (try? identity(trustingNobody: true), nobody),
            ]
            for substitute in substitutes {
                guard let identity = substitute.identity, (try? identity.material()) != nil else { continue }
                return FirstIdentity(identity: identity, complaint: "\(error.description) \(substitute.words) \(cure)")
            }
            throw Failure(
                "\(error.description) \(cure) Or remove certificate and key: 'confd serve' then makes new ones.",
                error.code)
        }
    }
}
