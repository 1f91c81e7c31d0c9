import Certificates
import EtcdStore
import Foundation

/// The certificates of a run, in a folder: etcd's own, and that of the members, its clients.
struct Credentials {
    private let folder: String

    init(_ folder: String) { self.folder = folder }

    /// Makes them for etcds at these addresses.
    func make(for addresses: [String]) throws {
        let (start, end) = (Date.now.addingTimeInterval(-3_600), Date.now.addingTimeInterval(7 * 86_400))
        let authority = try CertificateAuthority.make(commonName: "a run of members", notBefore: start, notAfter: end)
        try write(authority.certificate.pem, "ca.pem")
        for name in ["etcd", "member"] {
            let issued = try authority.issue(
                commonName: name, names: addresses.map { .ip($0) }, notBefore: start, notAfter: end,
                usage: [.serverAuthentication, .clientAuthentication])
            try write(issued.certificatePEM, "\(name).pem")
            try write(issued.keyPEM, "\(name)-key.pem")
        }
    }

    /// What a member shows to etcd.
    func read() throws -> EtcdCredentials {
        try EtcdCredentials(
            authorities: bytes("ca.pem"), certificate: bytes("member.pem"), key: bytes("member-key.pem"))
    }

    private func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: "\(folder)/\(name)")))
    }

    private func write(_ text: String, _ name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)"))
    }
}
