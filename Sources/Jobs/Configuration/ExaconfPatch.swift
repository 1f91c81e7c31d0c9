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
            + "are texts, null removes. A secret given as *** stays as it is. The result has to keep the rules of the "
            + "file. It needs the revision it is made for (If-Match or base_revision)."
        $0.mandatory = [Parameter("patch", .dict, text: "Section header -> dict of key -> text or null.")]
        $0.takesKeys = true
        $0.needsBaseRevision = true
        $0.check = { (arguments) throws(JobError) in try ConfigurationPatch.check(arguments.map("patch") ?? [:]) }
        $0.example = ["patch": ["Global": ["Timezone": "Europe/Prague"]]]
    }
}
