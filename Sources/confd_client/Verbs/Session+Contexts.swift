import Values

extension Session {
    /// Prints the clusters the file of credentials knows, without what is secret.
    func contexts() throws(Failure) {
        guard line.words.isEmpty else { throw .usage("'contexts' takes no words; --context NAME chooses one.") }
        let variables = Variables()
        let file = try CredentialsFile(line.place.credentials, variables)
        let named = try variables.text("CONFD_CLIENT_CONTEXT")
        let used = line.place.context ?? named ?? file.usual
        try show(Self.list(of: file, used: used), in: ["name", "host", "user", "login", "used"]) {
            $0["used"]?.bool == true ? ["used": "yes"] : ["used": .null]
        }
    }

    /// Each context with the way it logs in.
    static func list(of file: CredentialsFile, used: String?) -> [Value] {
        file.contexts.sorted { $0.key < $1.key }.map { name, members in
            let logins = [("token", "token"), ("password", "password"), ("cert", "certificate")]
            let login = logins.first { members[$0.0] != nil }?.1
            return .members([
                "name": .string(name), "host": members["host"].map(Value.string),
                "user": members["user"].map(Value.string),
                "login": .string(login ?? "asked for"), "used": .bool(name == used),
            ])
        }
    }
}
