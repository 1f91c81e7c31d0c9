import Certificates
import FoundationEssentials

/// Whom a node takes for a node of its cluster.
enum PeerTrust: Sendable {
    /// A member: whoever the authority gave a certificate and did not take it back.
    case cluster(ClusterTrust)
    /// Somebody who is to join and has nothing but the authority: it knows no revocation list yet.
    case authority(Certificate)

    /// Who has shown a certificate.
    ///
    /// - Throws: `CertificateError` with why they are nobody of this cluster.
    func member(showing leaf: Certificate, as usage: KeyUsage, now: Date) throws(CertificateError) -> MemberIdentity {
        let chain = CertificateChain(of: leaf)
        switch self {
        case .cluster(let trust): return try trust.member(showing: chain, as: usage, now: now)
        case .authority(let authority):
            guard leaf != authority else {
                throw CertificateError(.usageNotAllowed, "The authority of the cluster is none of its nodes.")
            }
            try chain.verify(against: CertificateChain(of: authority), now: now, usage: usage)
            return try MemberIdentity(of: leaf)
        }
    }
}
