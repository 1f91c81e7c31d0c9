import Certificates
import EtcdStore
import PeerLink
import Posix

/// An etcd that is not the nodes' own, as the settings name it. Keys of the cluster are put there, and nothing else of it is
/// changed: neither who belongs to it nor whether it runs.
enum ExternalEtcd {
    private static let longest = 1 << 20

    /// Where it is; empty for a cluster that has etcds of its own.
    ///
    /// - Throws: ``Failure`` when the settings say something else than the cluster: in another etcd there is another log, or none.
    static func endpoints(of file: MemberFile, _ settings: DaemonSettings) throws(Failure) -> [EtcdEndpoint] {
        guard file.isEtcdExternal == !settings.hasOwnEtcd else {
            throw Failure(contradiction(isExternal: file.isEtcdExternal), .badSettings)
        }
        return settings[\.etcdEndpoints]
    }

    /// What is said where the settings do not fit the cluster.
    static func contradiction(isExternal: Bool) -> String {
        isExternal
            ? "The log of the cluster is in an external etcd: name it here as on the other nodes, by the settings "
                + "'cluster.etcd_endpoints' and 'cluster.etcd_credentials'."
            : "The log of the cluster is in etcds of its nodes, and the setting 'cluster.etcd_endpoints' names another one: take "
                + "it out."
    }

    /// What this node shows etcd, its own or an external one.
    ///
    /// - Throws: ``Failure`` for what cannot be shown, and for files others than root and the daemon can change.
    static func credentials(of link: MemberLink, _ settings: DaemonSettings) throws(Failure) -> EtcdCredentials {
        do throws(CertificateError) {
            guard !settings.hasOwnEtcd, let folder = settings[\.etcdCredentials] else {
                return try link.etcdCredentials()
            }
            return try EtcdCredentials(
                authorities: try content("\(folder)/authority.pem"), certificate: try content("\(folder)/client.pem"),
                key: try content("\(folder)/client.key"))
        } catch {
            throw Failure("The certificate of this node cannot be shown to etcd: \(error.message)", .badData)
        }
    }

    private static func content(_ path: String) throws(CertificateError) -> [UInt8] {
        let file: Descriptor
        do throws(GuardedFile.Fault) {
            file = try GuardedFile.open(path)
        } catch {
            throw CertificateError(.notServable, error.description)
        }
        do throws(SystemFault) {
            return try file.read(from: 0, count: longest)
        } catch {
            throw CertificateError(.notServable, "\(path) cannot be read: \(error)")
        }
    }
}
