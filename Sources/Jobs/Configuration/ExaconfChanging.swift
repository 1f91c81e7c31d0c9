import Certificates
import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `exaconf_patch`: changes keys and sections of the configuration by their names, all that are given or none.
    package static let exaconfPatch = JobDefinition(
        name: "exaconf_patch", noun: "exaconf", summary: "Change keys and sections of EXAConf.", mode: .modify,
        permission: .administration, result: "Nothing.",
        work: .change { (context, document) throws(JobError) in
            let members = context.arguments.map("patch") ?? [:]
            document = try ConfigurationPatch.applied(members, to: document, by: context.principal)
            return nil
        }
    ).with {
        $0.help =
            "The patch is a merge patch (RFC 7396) of what GET /exaconf shows: sections are objects by their header, keys "
            + "are texts, null removes. A secret given as *** stays as it is, and so does one within a value that is sent "
            + "back as it was shown. The result has to keep the rules of the file. It needs the revision it is made for "
            + "(If-Match or base_revision)."
        $0.takesLongArguments = true
        $0.mandatory = [Parameter("patch", .dict, text: "Section header -> dict of key -> text or null.")]
        $0.takesKeys = true
        $0.needsBaseRevision = true
        $0.check = { (arguments) throws(JobError) in try ConfigurationPatch.check(arguments.map("patch") ?? [:]) }
        $0.example = ["patch": ["Global": ["Timezone": "Europe/Prague"]]]
    }

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
        $0.takesLongArguments = true
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

    /// `exaconf_rollback`: a new revision with the content of an older one, secrets included.
    package static let exaconfRollback = JobDefinition(
        name: "exaconf_rollback", noun: "exaconf", summary: "Bring the content of an older revision back.",
        mode: .modify, permission: .administration, result: "Nothing.",
        work: .change { (context, document) throws(JobError) in
            guard let earlier = context.earlier else {
                throw JobError(.revisionNotFound, "There is no such revision to go back to.")
            }
            var old: Document
            do throws(EXAConfError) {
                old = try Document(parsing: earlier.text)
            } catch {
                throw JobError(.internal, "Revision \(earlier.number) cannot be read: \(error.message)")
            }
            try old.takeStamp(of: document)
            try old.requireSound { _ in "/params/to" }
            document = old
            return nil
        }
    ).with {
        $0.help =
            "The new revision has a number of its own. Which nodes are suspended, and files beside EXAConf, stay as they "
            + "are. It needs the revision it is made for (If-Match or base_revision)."
        $0.mandatory = [
            Parameter("to", .int, text: "Number of the revision to go back to.", range: 1...Int.max, example: 16)
        ]
        $0.needsBaseRevision = true
        $0.bringsWholeFile = true
        $0.readsRevision = { $0.int("to") }
        $0.example = ["to": 16]
    }
}
