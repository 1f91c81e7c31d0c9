import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `user_delete`: takes a user out who owns nothing.
    package static let userDelete = JobDefinition(
        name: "user_delete", noun: "user", summary: "Remove a user from all nodes.", mode: .modify,
        permission: .administration, result: "Nothing.",
        work: .edit { (context, document) throws(JobError) in
            let user = try document.given(user: context.arguments.required("username"))
            try document.edit(about: "username") { (draft) throws(EXAConfError) in try draft.removeUser(user.name) }
            return nil
        }
    ).with {
        $0.help = "A user who owns a volume, a database or a BucketFS service stays, and so does root."
        $0.mandatory = [.userName]
        $0.example = ["username": "user_1"]
    }
}
