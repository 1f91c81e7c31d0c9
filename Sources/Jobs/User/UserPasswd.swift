import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `user_passwd`: a new password for a user; everybody may change the own one.
    package static let userPasswd = JobDefinition(
        name: "user_passwd", noun: "user", summary: "Change the password of a user on all nodes.", mode: .modify,
        permission: .administrationOrSelf, result: "Nothing.",
        work: .edit(encoded: ["password"]) { (context, document) throws(JobError) in
            let user = try document.given(user: context.arguments.required("username"))
            let settings = UserSettings(passwordHash: try context.arguments.passwordHash())
            try document.edit { (draft) throws(EXAConfError) in try draft.modifyUser(user.name, settings) }
            return nil
        }
    ).with {
        $0.help = "Every user may run it for the own name. Only the hash of the password is kept."
        $0.mandatory = [Parameter("password", .str, text: "New password.", secret: true), .userName]
        $0.warnings = { $0.hashWarnings }
        $0.optional = [.encodePassword]
        $0.subject = "username"
        $0.example = ["password": "<password>", "username": "user_1"]
    }
}
