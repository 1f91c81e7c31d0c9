import Certificates
import Foundation

extension Reader {
    private static let authority = """
        -----BEGIN CERTIFICATE-----
        MIIBeTCCAR+gAwIBAgIUKfmYWeKHp5n6d205nHxeoXCTDPYwCgYIKoZIzj0EAwIw
        ETEPMA0GA1UEAwwGc2FtcGxlMCAXDTI2MTEzMDE2MjYxM1oYDzIxMjYxMTA2MTYy
        NjEzWjARMQ8wDQYDVQQDDAZzYW1wbGUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
        AASZ0Leb/zIoo0l4DXCq9DOibKm6g6D5pQ2gcpE3b5Ji5RMDRAaF5wYsaJy2oD0Z
        8IFSwTwi50cvFRvteo/nyFkyo1MwUTAdBgNVHQ4EFgQUo/biPQBf+6Cblc5DAcsa
        /KrJnoQwHwYDVR0jBBgwFoAUo/biPQBf+6Cblc5DAcsa/KrJnoQwDwYDVR0TAQH/
        BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiBzm5SvSE2RCiDuN6ZipY9logZPamrK
        lnfqx4pYOWZXNQIhAIkGh7EZC86B0Pj31qYfV85bmpmuUaGTozrkpLvtbuz9
        -----END CERTIFICATE-----
        """
    private static let list = """
        -----BEGIN X509 CRL-----
        MIH9MIGlAgEBMAoGCCqGSM49BAMCMBExDzANBgNVBAMMBnNhbXBsZRcNMjYwMTAx
        MDAwMDAwWhgPMjA5OTAxMDEwMDAwMDBaMDcwIAIBCxcNMjYwMTAxMDAwMDAwWjAM
        MAoGA1UdFQQDCgEBMBMCAkwfFw0yNjAxMDEwMDAwMDBaoCgwJjAkBgNVHRwBAf8E
        GjAYoBagFIYSaHR0cDovL2EuZXhhbXBsZS9sMAoGCCqGSM49BAMCA0cAMEQCIE0o
        VRjZsqDacz6g+JFbdDcdF8KypR+PmAE2BtUizSHyAiBZDjw49Z5t3BwHhn0Apguf
        IENeU3pTuFcNlimHv/HvBw==
        -----END X509 CRL-----
        """

    /// What an operator puts into the file of revocations comes from somebody else's server.
    static let revocations = Reader(
        "revocations", listInBothForms,
        words: [
            "-----BEGIN X509 CRL-----\n", "-----END X509 CRL-----\n", "\u{30}\u{0D}", "\u{02}\u{01}\u{0B}",
            "260101000000Z", "20990101000000Z", "\u{55}\u{1D}\u{1C}", "\u{01}\u{01}",
        ], longest: 2048
    ) { bytes in
        guard let authorities = try? CertificateChain(pem: authority),
            let lists = try? RevocationLists(bytes, of: authorities)
        else { return }
        _ = lists.findings(at: Date(timeIntervalSince1970: 1_800_000_000))
        let revoked = CertificateID(issuer: authorities.leaf.id.issuer, serialNumber: "0b")
        let refusal = lists.refusal(of: revoked, at: Date(timeIntervalSince1970: 1_800_000_000))
        // A list that was changed is signed by nobody, and nobody is believed by it.
        try require(refusal != nil, "a certificate that was taken back is believed")
    }

    private static var listInBothForms: [[UInt8]] {
        let lines = list.split(separator: "\n").dropFirst().dropLast()
        return [Array(list.utf8), Data(base64Encoded: lines.joined()).map(Array.init) ?? []]
    }
}
