import Certificates
import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `exaconf_replace`: puts another file in place of the configuration; number and checksum are set by the daemon.
    package static let exaconfReplace = JobDefinition(
        name: "exaconf_replace", noun: "exaconf", summary: "Replace EXAConf by another file.", mode: .modify,
        permission: .root, result: "Nothing.",
        work: .change { (context, document) throws(JobError) in
            var given = try Document.given(file: try context.arguments.required("text"), replacing: document)
            try given.takeStamp(of: document)
            try given.requireSound { _ in "/params/text" }
            document = given
            return nil
        }
    ).with {
        $0.help =
            "The file is read as one that was edited by hand, with its secrets: a *** in place of one is refused. "
            + "Revision and Checksum of the file do not count."
        $0.mandatory = [Parameter("text", .str, text: "The whole file, with its secrets.", secret: true)]
        $0.optional = [Parameter("sha256", .str, text: "SHA-256 of the text in hexadecimal; another text is refused.")]
        $0.needsBaseRevision = true
        $0.bringsWholeFile = true
        $0.check = { (arguments) throws(JobError) in
            let text = try arguments.required("text")
            if let digest = arguments.string("sha256"), digest.lowercased() != Digest.sha256Hex(Array(text.utf8)) {
                throw .invalid("sha256", "'sha256' is not that of the text: it was cut or changed on its way.")
            }
        }
        $0.example = ["text": "[Global]\n    Networks = private,\n"]
    }
}
