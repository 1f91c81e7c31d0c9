package import Certificates
import Glibc
import Posix

/// Where a voting node keeps the authority of its cluster: for the daemon alone. The account of etcd is not let in.
package struct ClusterAuthorityFiles: Sendable, Hashable {
    static let certificate = "authority.pem"
    static let key = "authority.key"

    /// The folder.
    package let path: String

    /// `DIR/etc/cluster` of an installation.
    package init(root: String) { path = root + "/etc/cluster" }

    /// Keeps an authority, the key before the certificate: one that is whole can be read.
    ///
    /// - Throws: `unusable`.
    package func write(_ authority: ClusterAuthority) throws(EtcdRefusal) {
        do throws(SystemFault) {
            let parent = try Descriptor.trusted(String(path.dropLast("/cluster".count)))
            let folder = try parent.makeFolder("cluster", mode: 0o700).folder
            try folder.setMode(0o700)
            try folder.replace(Self.key, by: Array(authority.keyPEM.utf8), mode: 0o600)
            try folder.replace(Self.certificate, by: Array(authority.certificate.pem.utf8), mode: 0o600)
        } catch {
            throw .unusable(path: path, cause: "\(error)")
        }
    }

    /// The authority; `nil` where there is none.
    ///
    /// - Throws: `unusable` also for files that are damaged, or belong not together.
    package func read() throws(EtcdRefusal) -> ClusterAuthority? {
        guard Path.exists("\(path)/\(Self.certificate)") else { return nil }
        let files: (certificate: [UInt8], key: [UInt8])
        do throws(SystemFault) {
            files = (
                try Descriptor.content(of: "\(path)/\(Self.certificate)", upTo: CertificateChain.sizeLimit),
                try Descriptor.content(of: "\(path)/\(Self.key)", upTo: CertificateChain.sizeLimit)
            )
        } catch {
            throw .unusable(path: path, cause: "\(error)")
        }
        do throws(CertificateError) {
            return try ClusterAuthority(certificate: files.certificate, key: files.key)
        } catch {
            throw .unusable(path: path, cause: error.message)
        }
    }
}
