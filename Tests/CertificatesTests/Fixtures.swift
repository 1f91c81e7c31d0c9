import Foundation

@testable import Certificates

/// 15 January 2026, 12:00 UTC.
let noon = Date(timeIntervalSince1970: 1_768_478_400)

func days(_ count: Double) -> TimeInterval { count * 86_400 }

/// An authority with an intermediate one and a server below, all valid around `noon`.
struct Family {
    let root: CertificateAuthority
    let intermediate: CertificateAuthority
    let server: IssuedCertificate

    init(
        notBefore: Date = noon - days(1), notAfter: Date = noon + days(365),
        usage: Set<KeyUsage> = [.serverAuthentication],
        names: [SubjectName] = [.dns("n11.example"), .ip("10.0.0.11")]
    ) throws {
        root = try CertificateAuthority.make(
            commonName: "Test root", notBefore: noon - days(10), notAfter: noon + days(3650))
        intermediate = try root.issueAuthority(
            commonName: "Test intermediate", notBefore: noon - days(5), notAfter: noon + days(1000))
        server = try intermediate.issue(
            commonName: "n11", names: names, notBefore: notBefore, notAfter: notAfter, usage: usage)
    }

    /// The server's certificate and the intermediate one.
    var chain: String { server.certificatePEM + intermediate.certificate.pem }
}

/// The code of the error that the body throws, or nil.
func code(of body: () throws(CertificateError) -> Void) -> CertificateError.Code? {
    do {
        try body()
        return nil
    } catch {
        return error.code
    }
}
