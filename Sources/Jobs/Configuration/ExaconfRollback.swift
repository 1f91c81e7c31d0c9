import EXAConf
package import JobEngine
import Values

extension JobDefinition {
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
