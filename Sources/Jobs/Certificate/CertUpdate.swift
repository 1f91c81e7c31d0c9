import Access
import Certificates
import EXAConf
import FoundationEssentials
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `cert_update`: checks a certificate with its key and installs both on every node that can be reached; answers
    /// what is odd about them.
    package static let certUpdate = JobDefinition(
        name: "cert_update", noun: "certificate",
        summary: "Install a TLS certificate for databases, buckets and configuration interfaces.", mode: .modify,
        permission: .databases, result: "List of warnings, or nothing when there are none.",
        work: .act { (context, document) throws(JobError) in
            try context.requireAuthority(in: document)
            let pair = try context.verifiedCertificate()
            let paths = try document.certificatePaths()
            let install = CertificateInstall(
                certificate: try context.arguments.required("cert"), key: try context.arguments.required("key"),
                authorities: context.arguments.string("ca"), paths: (paths.certificate, paths.key, paths.authority))
            let commands = try context.reachableNodes.map { (node) throws(JobError) in try Command(install, on: node) }
            let warnings = pair.warnings.map(\.message)
            var plan = Plan(commands: commands) { (_) throws(JobError) in
                warnings.isEmpty ? nil : .strings(warnings)
            }
            plan.makesRevision = true
            return plan
        }
    ).with {
        $0.answer = .names
        $0.undoes = .undoes(of: CertificateInstall.self)
        $0.help = """
            The key must belong to the first certificate of the chain, all certificates must be valid now, and with \
            `ca` the chain must lead to it. The service reads the files anew, so connections may be reset afterwards. \
            While clients are asked for certificates (`CertVerify`), `ca` is root's to give.
            """
        $0.mandatory = [
            Parameter("cert", .str, text: "Certificate chain, PEM text."),
            Parameter("key", .str, text: "Private key, PEM text.", secret: true),
        ]
        $0.optional = [Parameter("ca", .str, text: "Certificate authority, PEM text.")]
        $0.example = ["cert": "<pem>", "key": "<pem>"]
    }
}

extension JobContext {
    /// Nodes of the configuration that can be reached, this one first.
    var reachableNodes: [Int] {
        let others = document.nodes.compactMap(\.id).filter { $0 != cluster.ownNode && cluster.booted[$0] != nil }
        return [cluster.ownNode] + others.sorted()
    }

    /// Refuses authorities from others than root while they say who a client is.
    fileprivate func requireAuthority(in document: Document) throws(JobError) {
        let isAsked = !["", "none"].contains(document.ssl.verification.lowercased())
        guard arguments["ca"] != nil, isAsked, !principal.isRoot else { return }
        throw JobError(
            .permissionDenied,
            "User '\(principal.name)' may not do this. Only root may give 'ca' while clients are asked for certificates "
                + "(CertVerify in [SSL]): it says who somebody is.",
            faults: [
                .init(pointer: "/params/ca", code: .permissionDenied, text: "Only root may give 'ca' now.")
            ])
    }

    fileprivate func verifiedCertificate() throws(JobError) -> CertificatePair {
        do throws(CertificateError) {
            return try CertificatePair.verify(
                chain: arguments.string("cert") ?? "", key: arguments.string("key") ?? "", ca: arguments.string("ca"),
                now: Date(timeIntervalSince1970: Double(now.milliseconds) / 1000))
        } catch {
            let parameter =
                switch error.part {
                case .certificate: "cert"
                case .key: "key"
                case .authorities, .revocations: "ca"
                }
            throw .invalid(parameter, error.message)
        }
    }
}

extension Document {
    /// Where the files belong; a path that cannot be used, as very old files have it, becomes the default.
    fileprivate mutating func certificatePaths() throws(JobError) -> SSLSettings {
        func replaced(_ key: String, by path: String) -> String? {
            ssl.text(key).flatMap { $0 == path ? nil : path }
        }
        let certificate = replaced("Cert", by: ssl.certificate)
        let key = replaced("CertKey", by: ssl.key)
        let authority = replaced("CertAuth", by: ssl.authority)
        if certificate ?? key ?? authority != nil {
            try edit { (draft) throws(EXAConfError) in
                try draft.setSSL(certificate: certificate, key: key, authority: authority)
            }
        }
        return ssl
    }
}
