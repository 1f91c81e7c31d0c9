import Application
import Certificates
import EXAConf
import Foundation
import HTTPServer
import JobEngine
import Jobs
import NodeAgent
import PeerLink
import Values

/// What ends some day: certificates and the license.
extension Engine {
    /// The certificate clients see, and those nodes show each other, which their etcd shows as well.
    ///
    /// - Parameter link: What this node shows other members; `nil` on a node alone.
    func certificates(
        _ link: @escaping @Sendable () -> MemberLink?
    ) -> @Sendable () async -> [ObjectState] {
        let (contexts, node, folder) = (contexts, health.node, settings.hasOwnEtcd ? nil : settings[\.etcdCredentials])
        return {
            let leaf = contexts.material.chain.leaf
            var states = [
                ObjectState(
                    leaf, name: "\(node)-tls", node: node,
                    remedy: leaf.isMadeByDaemon ? Finding.Job("cert_renew", ["nid": .int(node)]) : nil)
            ]
            guard let link = link() else { return states }
            states.append(ObjectState(link.credentials.certificate, name: "\(node)-peer", node: node))
            // Of two that follow each other the newer one counts.
            if let authority = (try? CertificateChain(pem: link.credentials.material.authorities))?.certificates.last {
                states.append(ObjectState(authority, name: "\(node)-authority", node: node))
            }
            if let folder, let text = try? Data(contentsOf: URL(fileURLWithPath: "\(folder)/client.pem")),
                let shown = try? CertificateChain(pem: Array(text))
            {
                states.append(ObjectState(shown.leaf, name: "\(node)-etcd", node: node))
            }
            return states
        }
    }

    /// The license EXAConf names.
    var license: @Sendable () async -> [ObjectState] {
        let (scheduler, node, root) = (scheduler, health.node, agent.root)
        return {
            guard let named = scheduler.configuration.document.global.licenseFile,
                let path = try? root.location(.license, named)
            else { return [] }
            var state = ObjectState(.license, "\(node)-license", node: node, actual: "there")
            guard FileManager.default.fileExists(atPath: path) else {
                (state.actual, state.why) = ("missing", "LicenseFile of EXAConf names \(path), which is not there")
                return [state]
            }
            if let text = try? String(contentsOfFile: path, encoding: .utf8), let end = LicenseEnd.moment(in: text) {
                state.figures[.notAfter] = end.milliseconds
                if end.milliseconds <= Int(Date().timeIntervalSince1970 * 1000) { state.actual = "ended" }
            }
            return [state]
        }
    }
}

extension ObjectState {
    /// A certificate as it is.
    fileprivate init(_ certificate: Certificate, name: String, node: Int, remedy: Finding.Job? = nil) {
        self.init(
            .certificate, name, node: node, wanted: "valid", actual: certificate.notAfter <= Date() ? "ended" : "valid",
            figures: [.notAfter: Int(certificate.notAfter.timeIntervalSince1970 * 1000)], remedy: remedy)
    }
}
