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
            let warnings = try context.verifiedCertificate().map(\.message)
            let paths = try document.certificatePaths()
            let certificate = try context.arguments.required("cert")
            let key = context.arguments.string("key")
            let install = CertificateInstall(
                certificate: certificate, key: key, authorities: context.arguments.string("ca"),
                paths: (paths.certificate, paths.key, paths.authority))
            // A key that waits is one node's alone, and so is its certificate.
            let nodes = key == nil ? [try context.certificateNode()] : context.reachableNodes
            var commands = try nodes.map { (node) throws(JobError) in try Command(install, on: node) }.sideBySide
            if key == nil {
                commands.append(try Command(CertificateRequestSettle(certificate), on: context.certificateNode()))
            }
            var plan = Plan(commands: commands) { (_) throws(JobError) in
                warnings.isEmpty ? nil : .strings(warnings)
            }
            plan.makesRevision = true
            // A key that waited for its certificate belongs to no other node.
            if let key { plan.files = context.files(of: install, key: key) }
            return plan
        }
    ).with {
        $0.answer = .names
        $0.undoes = .undoes(of: CertificateInstall.self)
        $0.help = """
            The key must belong to the first certificate of the chain, all certificates must be valid now, and with \
            `ca` the chain must lead to it. The service reads the files anew, so connections may be reset afterwards. \
            The answer to a request of `cert_request` comes with `requested` in place of a key: it is installed with the \
            key that waits for it on that node, `nid`. \
            While clients are asked for certificates (`CertVerify`), `ca` is root's to give.
            """
        $0.mandatory = [
            Parameter("cert", .str, text: "Certificate chain, PEM text."),
            Parameter("key", .str, text: "Private key, PEM text.", secret: true),
        ]
        $0.optional = [
            Parameter("ca", .str, text: "Certificate authority, PEM text."),
            Parameter(
                "nid", .int,
                text: "With `requested`, the id of the node the key waits on; the one that decides when left out."),
            Parameter(
                "requested", .bool, text: "Whether the key is the one that waits on the node since cert_request.",
                default: false),
        ]
        $0.substitutes = ["key": ["requested"]]
        // That it is not requested may be said beside a key.
        $0.takesBothStandIns = true
        $0.check = { (arguments) throws(JobError) in
            guard arguments.bool("requested") ?? false else {
                _ = try arguments.required("key")
                guard arguments["nid"] == nil else {
                    throw JobError.invalid(
                        "nid", "'nid' says where a requested key waits; a given one is for all nodes.")
                }
                return
            }
            if arguments["key"] != nil {
                throw JobError.invalid("requested", "'requested' stands for 'key': give one of them, not both.")
            }
        }
        $0.example = ["cert": "<pem>", "key": "<pem>"]
    }
}

extension JobContext {
    /// The files a certificate comes to on every node, also on those that are away now.
    fileprivate func files(of install: CertificateInstall, key: String) -> [RevisionFile] {
        let authorities = install.authorities.flatMap { text in
            install.authoritiesPath.flatMap { RevisionFile(.certificate, at: $0, text, mode: 0o644) }
        }
        return [
            RevisionFile(.certificate, at: install.certificatePath, install.certificate, mode: 0o644),
            RevisionFile(.certificate, at: install.keyPath, key, mode: 0o600), authorities,
        ].compactMap(\.self)
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

    /// Checks what was given, and answers what is odd about it.
    fileprivate func verifiedCertificate() throws(JobError) -> [CertificateWarning] {
        let (chain, ca) = (arguments.string("cert") ?? "", arguments.string("ca"))
        let now = Date(timeIntervalSince1970: Double(now.milliseconds) / 1000)
        do throws(CertificateError) {
            guard let key = arguments.string("key") else {
                return try CertificatePair.verify(chain: chain, ca: ca, now: now)
            }
            return try CertificatePair.verify(chain: chain, key: key, ca: ca, now: now).warnings
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
    mutating func certificatePaths() throws(JobError) -> SSLSettings {
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
