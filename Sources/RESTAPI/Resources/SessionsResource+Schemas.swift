import JobEngine
import OpenAPI
import Values

extension SessionsResource {
    /// What the routes say and read, for the OpenAPI document.
    static let schemas: [String: Value] = [
        "Session": Schema.reply("A login that lasts.", needs: needed, properties, example: .map(example)),
        "SessionList": Schema.reply(
            "Living sessions, newest first.", needs: ["items"], ["items": Schema.list(Schema.ref("Session"))],
            example: ["items": [.map(example)]]),
        "OpenedSession": Schema.reply(
            "A session just opened.", needs: needed,
            properties.merging([
                "token": Schema.text("To be sent as 'Authorization: Bearer'; shown this once, and not beside a cookie.")
            ]) { first, _ in first },
            example: .map(example.merging(["token": "confd_session_5d41402abc4b2a76"]) { first, _ in first })),
        "SessionLogin": Schema.request(
            "Who logs in; user and password can come by Basic instead.",
            [
                "user": Schema.text("Name of the user."),
                "password": Schema.text("The user's password.", format: "password"),
                "cookie": wantsCookie,
            ], example: ["user": "admin", "password": "secret", "cookie": true]),
        "SessionAnswers": Schema.request(
            "Answers to the prompts of a challenge, in their order.", needs: ["answers"],
            ["answers": Schema.list(Schema.text("An answer.", format: "password")), "cookie": wantsCookie],
            example: ["answers": ["755224"]]),
    ]

    private static let wantsCookie = Schema.truth("Puts the token into a cookie, for browsers.")

    private static let needed = [
        "session_id", "user", "opened_by", "client_addr", "opened_at", "last_used_at", "expires_at",
    ]

    private static let properties: [String: Value] = [
        "session_id": Schema.text("Names the session; no credential."), "user": Schema.text("Whose it is."),
        "opened_by": Schema.openWord(["password", "certificate"], "How the user proved who they are."),
        "client_addr": Schema.text("Where it was opened from."), "opened_at": Schema.time("When it was opened."),
        "last_used_at": Schema.time("When it was last used, to the minute."),
        "expires_at": Schema.time("When it ends at the latest."),
        "current": Schema.truth("Whether this request was made in it."),
        "csrf_token": Schema.text("What Confd-CSRF has to hold when the session is shown by cookie."),
    ]

    private static let example: [String: Value] = [
        "session_id": "7f3c9a21e04b5d68", "user": "admin", "opened_by": "password", "client_addr": "192.0.2.7",
        "opened_at": "2026-01-02T03:04:05.678Z", "last_used_at": "2026-01-02T03:14:05.678Z",
        "expires_at": "2026-01-02T15:04:05.678Z",
    ]
}
