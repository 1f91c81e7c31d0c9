import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `user_create`: a new user; only the hash of the password is kept.
    package static let userCreate = JobDefinition(
        name: "user_create", noun: "user", summary: "Create a user on all nodes.", mode: .modify,
        permission: .administration, result: "Nothing.",
        work: .edit(encoded: ["password"]) { (context, document) throws(JobError) in
            let name = try context.arguments.required("username")
            guard document.user(named: name) == nil else { throw .exists("user \(name)") }
            var settings = try UserSettings(context.arguments, in: document)
            if let id = settings.id, let other = document.user(id: id) {
                throw JobError(.objectExists, "Given user id \(id) already exists: it is that of \(other.name).")
            }
            settings.passwordHash = try context.arguments.passwordHash()
            try document.edit(about: "username", keys: UserSettings.parameters) { (draft) throws(EXAConfError) in
                try draft.addUser(name, settings)
            }
            return nil
        }
    ).with {
        $0.help = """
            A password that is a complete hash already ($y$, $gy$, $7$, $2a$, $2b$, $2y$, $5$, $6$, $1$) stays as it is, \
            unless encode_passwd is true.
            """
        $0.mandatory = [
            .mainGroup, .isLoginEnabled, Parameter("password", .str, text: "Password.", secret: true), .userID,
            .userName,
        ]
        $0.warnings = { $0.hashWarnings }
        $0.optional = [.additionalGroups, .authorizedKeys, .encodePassword]
        $0.example = [
            "group": "exausers", "login_enabled": true, "password": "<password>", "userid": 1001, "username": "user_1",
        ]
    }

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
