import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `user_modify`: other groups, keys or login permission for a user; what is left out stays, lists are replaced.
    package static let userModify = JobDefinition(
        name: "user_modify", noun: "user", summary: "Change groups, keys or login permission of a user.", mode: .modify,
        permission: .administration, result: "Nothing.",
        work: .edit { (context, document) throws(JobError) in
            let user = try document.given(user: context.arguments.required("username"))
            let settings = try UserSettings(context.arguments, in: document)
            try document.edit(keys: UserSettings.parameters) { (draft) throws(EXAConfError) in
                try draft.modifyUser(user.name, settings)
            }
            return nil
        }
    ).with {
        $0.mandatory = [.userName]
        $0.optional = [.additionalGroups, .authorizedKeys, .mainGroup, .isLoginEnabled]
        $0.example = ["username": "user_1"]
    }
}
