import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `db_reset`: an offline database loses everything in it.
    package static let dbReset = JobDefinition(
        name: "db_reset", noun: "database", summary: "Empty an offline database: all data and metadata go.",
        mode: .read,
        permission: .databases,
        result: "Nothing; without a password hash, `user` and `password` of the empty database.",
        work: .act { (context, document) throws(JobError) in
            let database = try document.given(database: context.arguments.required("db_name"))
            let password = context.newPassword()
            let command = try context.command(DatabaseReset(), for: database, in: document, password: password)
            return Plan(commands: [command]) { (answers) throws(JobError) in
                guard database.needsPassword, let user = try OnDatabase<DatabaseReset>.answer(answers.first).user
                else { return nil }
                return ["user": .string(user), "password": .string(password)]
            }
        }
    ).with {
        $0.answer = .newPassword
        $0.mandatory = [.databaseName]
        $0.secretResults = ["password"]
        $0.locks = databaseLock
        $0.recovery = .restart
        $0.example = ["db_name": "exa_db"]
    }
}

extension Shape {
    /// A password that was made on the way; nothing when one was given.
    static let newPassword = Shape.object(
        "DatabasePassword", "A user of a database with a new password, told once.",
        [.has("user", .str), .has("password", .str)])
}
