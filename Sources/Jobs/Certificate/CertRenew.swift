import Access
import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `cert_renew`: another certificate in place of the one the daemon made for itself.
    package static let certRenew = JobDefinition(
        name: "cert_renew", noun: "certificate",
        summary: "Renew the self-signed certificate the daemon made for itself.", mode: .modify,
        permission: .databases, result: "SHA-256 of the new certificate's DER form, in hexadecimal digits.",
        work: .act { (context, document) throws(JobError) in
            let paths = try document.certificatePaths()
            let renew = CertificateRenew(paths: (paths.certificate, paths.key))
            let command = try Command(renew, on: context.certificateNode())
            var plan = Plan(commands: [command]) { (outputs) throws(JobError) in
                .string(try CertificateRenew.answer(outputs.first).fingerprint)
            }
            plan.makesRevision = true
            return plan
        }
    ).with {
        $0.answer = .str
        $0.undoes = .undoes(of: CertificateRenew.self)
        $0.help = """
            Names and kind of the key stay, the key is a new one. The daemon asks for it by itself when two thirds of the \
            certificate's life have passed, unless the setting `certificates.renew` is false. A certificate that came by \
            `cert_update` or was put there by hand is never renewed. Clients that were given the former certificate to \
            trust need the new one.
            """
        $0.optional = [.certificateNode]
    }
}
