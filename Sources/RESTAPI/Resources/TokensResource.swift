import Access
import Application
import Gateway
import HTTPServer
import HTTPTypes
import Hummingbird
import JobEngine
import OpenAPI
import Values

/// `/tokens`: credentials users make for programs.
struct TokensResource: Resource {
    let services: GatewayServices
    private var access: AccessService { services.access }

    init(_ services: GatewayServices) {
        self.services = services
    }

    var routes: [Route] {
        [
            Route(.post, "/tokens", id: "createToken", summary: "Make a token for a program", handler: create).with {
                $0.body = .json
            }.answers("tokens", "MadeToken") {
                $0.request = "TokenRequest"; $0.statuses = [.created]; $0.headers = [.location];
                $0.schemas = Self.schemas
            },
            Route(
                .get, "/tokens", id: "listTokens", summary: "List your tokens; those of all users for root",
                handler: list
            )
            .answers("tokens", "TokenList"),
            Route(.get, "/tokens/{token_id}", id: "getToken", summary: "Get a token, without its secret") { call in
                Reply.json(Self.value(try await visible(call)))
            }.answers("tokens", "Token", change: Self.named),
            Route(.delete, "/tokens/{token_id}", id: "deleteToken", summary: "End a token", handler: delete)
                .answersNothing("tokens", change: Self.named),
        ]
    }

    private static func named(_ contract: inout Contract) {
        contract.pathTexts = ["token_id": "The id of a token."]
    }

    private func create(_ call: Call) async throws -> Response {
        let caller = try call.caller
        try access.requireMayMakeTokens(caller)
        var reader = BodyReader(try await call.json(limit: 64 * 1024))
        let name = reader.text("name", isMandatory: true) ?? ""
        let seconds = reader.int("expires_in_s")
        let roles = reader.texts("roles")
        try reader.finish()
        let request: TokenRequest
        do throws(InvalidInput) {
            request = try TokenRequest(name: name, seconds: seconds, roles: roles, for: caller)
        } catch {
            throw Problem(error)
        }
        let made = try await access.makeToken(request, for: caller, from: call.context.peer.address)
        var members = Self.members(made.token)
        members["secret"] = .string(made.secret)
        return Reply.json(
            .map(members), status: .created,
            headers: [.location: "/tokens/\(made.token.id)", .cacheControl: Reply.secret])
    }

    private func list(_ call: Call) async throws -> Response {
        let caller = try call.caller
        return Reply.json(["items": .list(try await access.tokens(for: caller).map(Self.value))])
    }

    private func delete(_ call: Call) async throws -> Response {
        try await access.end(try await visible(call), by: try call.caller)
        return Response(status: .noContent)
    }

    /// The token of the path, when the caller may know of it.
    private func visible(_ call: Call) async throws -> APIToken {
        try await access.token(call.path("token_id"), for: try call.caller)
    }

    private static func value(_ token: APIToken) -> Value { .map(members(token)) }

    private static func members(_ token: APIToken) -> [String: Value] {
        let members: [String: Value?] = [
            "token_id": .string(token.id), "name": .string(token.name), "user": .string(token.user),
            "roles": token.roles.map { Value.strings($0) }, "created_at": .moment(token.madeAt),
            "expires_at": token.expiresAt.map(Value.moment), "last_used_at": token.lastUsedAt.map(Value.moment),
        ]
        return members.compactMapValues { $0 }
    }

    private static let properties: [String: Value] = [
        "token_id": Schema.text("Names the token; no credential."), "name": Schema.text("What its owner calls it."),
        "user": Schema.text("Its owner."),
        "roles": Schema.list(Schema.text("A role."), "What it is limited to; absent for all its owner has."),
        "created_at": Schema.time("When it was made."), "expires_at": Schema.time("When it ends; absent for never."),
        "last_used_at": Schema.time("When it was last used, to the minute; absent before the first time."),
    ]

    private static let needed = ["token_id", "name", "user", "created_at"]

    private static let example: [String: Value] = [
        "token_id": "9b1deb4d3b7d4bad", "name": "backup", "user": "admin", "roles": ["exaadm"],
        "created_at": "2026-01-02T03:04:05.678Z", "expires_at": "2026-04-02T03:04:05.678Z",
    ]

    private static let schemas: [String: Value] = [
        "Token": Schema.reply("A credential for a program.", needs: needed, properties, example: .map(example)),
        "TokenList": Schema.reply(
            "Tokens that have not ended, newest first.", needs: ["items"],
            ["items": Schema.list(Schema.ref("Token"))], example: ["items": [.map(example)]]),
        "MadeToken": Schema.reply(
            "A token just made.", needs: needed + ["secret"],
            properties.merging([
                "secret": Schema.text("To be sent as 'Authorization: Bearer'; shown this once.")
            ]) { first, _ in first },
            example: .map(example.merging(["secret": "confd_token_5d41402abc4b2a76"]) { first, _ in first })),
        "TokenRequest": Schema.request(
            "What the token is to be.", needs: ["name"],
            [
                "name": Schema.text("What it is for."),
                "expires_in_s": Schema.int(
                    "Seconds until it ends; it does not when left out.", from: 1, to: TokenRequest.longestLife),
                "roles": Schema.list(Schema.text("A role you have."), "Limits it to these of your roles."),
            ], example: ["name": "backup", "expires_in_s": 7_776_000, "roles": ["exaadm"]]),
    ]
}
