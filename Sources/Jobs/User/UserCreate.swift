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
}
