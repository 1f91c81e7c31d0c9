import NIOHTTP1
import Values

extension Session {
    /// Lists tokens, makes one or ends some.
    func tokens() async throws(Failure) {
        let order = try Order(line, names: line.words.first == "add" ? ["expires", "roles"] : [])
        switch order.words.first {
        case nil, "list":
            let items = try await daemon.value(.GET, "/tokens")["items"]?.list ?? []
            let columns = ["token_id", "name", "user", "roles", "created_at", "last_used_at", "expires_at"]
            try show(items, in: columns) { token in
                token["roles"]?.list.map { ["roles": .string($0.compactMap(\.string).joined(separator: ","))] } ?? [:]
            }
        case "add": try await addToken(order)
        case "remove": try await remove(try order.named("ids of tokens"), at: "/tokens")
        default: throw order.unknown(["list", "add", "remove"])
        }
    }

    /// Prints the secret alone, so that a script can take it; what it is of stands on standard error.
    private func addToken(_ order: Order) async throws(Failure) {
        let name = try order.name("a name, as in 'tokens add backup expires: 90d'")
        var body: [String: Value] = ["name": .string(name)]
        if let life = try order.text("expires") {
            body["expires_in_s"] = .int(try Moment.length(life, of: "'expires'"))
        }
        let roles = order.texts("roles")
        if !roles.isEmpty { body["roles"] = .list(roles.map(Value.string)) }
        let made = try await daemon.value(.POST, "/tokens", body: .map(body))
        guard line.form == nil else { return try show(made) }
        guard let secret = made["secret"]?.string else {
            throw Failure("The daemon's answer has no token: is it of another version?")
        }
        Terminal.writeError(
            "Token \(made["token_id"]?.string ?? "") of \(made["user"]?.string ?? ""); its secret is shown this once.\n"
        )
        Terminal.write(secret + "\n")
    }

    /// Lists who is locked after failed logins at the node that is asked, or lifts locks.
    func lockouts() async throws(Failure) {
        let order = try Order(line)
        switch order.words.first {
        case nil, "list":
            let items = try await daemon.value(.GET, "/lockouts")["items"]?.list ?? []
            try show(items, in: ["lockout_id", "user", "client_addr", "remaining"]) { lock in
                lock["remaining_s"]?.int.map { ["remaining": .string(Display.length(min($0, Int(Int32.max)) * 1000))] }
                    ?? [:]
            }
        case "remove": try await remove(try order.named("ids of locks"), at: "/lockouts")
        default: throw order.unknown(["list", "remove"])
        }
    }
}
