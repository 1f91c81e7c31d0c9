import Access
import Application
import Gateway
import Hummingbird
import JobEngine
import OpenAPI
import Values

/// `/lockouts`: who has to wait after too many failed logins, and how to let them in again.
struct LockoutsResource: Resource {
    let services: GatewayServices

    init(_ services: GatewayServices) {
        self.services = services
    }

    var routes: [Route] {
        [
            Route(.get, "/lockouts", id: "listLockouts", summary: "List locks after failed logins") { _ in
                Reply.json(["items": .list(services.access.lockouts.map(Self.value))])
            }.with(common).answers("lockouts", "LockoutList") { $0.schemas = Self.schemas },
            Route(.delete, "/lockouts/{lockout_id}", id: "deleteLockout", summary: "Lift a lock", handler: delete)
                .with(common).answersNothing("lockouts") { $0.pathTexts = ["lockout_id": "The id of a lock."] },
        ]
    }

    // A node keeps its own count of failures.
    private func common(_ route: inout Route) {
        route.access = .permitted(Permission(users: [], groups: ["root", "exaadm"]))
        route.locality = .anyNode
    }

    private func delete(_ call: Call) async throws -> Response {
        try await services.access.unlock(call.path("lockout_id"), by: try call.caller)
        return Response(status: .noContent)
    }

    private static func value(_ lock: LoginLock) -> Value {
        .members([
            "lockout_id": .string(lock.id), "user": lock.user.map(Value.string), "client_addr": .string(lock.address),
            "remaining_s": .int(Int((lock.remaining / .seconds(1)).rounded(.up))),
        ])
    }

    private static let example: Value = [
        "lockout_id": "0123456789abcdef", "user": "admin", "client_addr": "192.0.2.7", "remaining_s": 840,
    ]

    private static let schemas: [String: Value] = [
        "Lockout": Schema.reply(
            "A lock after failed logins.", needs: ["lockout_id", "client_addr", "remaining_s"],
            [
                "lockout_id": Schema.text("Names the lock."),
                "user": Schema.text(
                    "Who is locked, or `bucket service/name r` and `w` for the passwords of a bucket, in small letters; absent "
                        + "when the whole address is."),
                "client_addr": Schema.text("The address it is about, or the first half of an IPv6 address."),
                "remaining_s": Schema.int("Seconds until it ends by itself.", from: 0),
            ], example: example),
        "LockoutList": Schema.reply(
            "Locks in force, by address and user.", needs: ["items"],
            ["items": Schema.list(Schema.ref("Lockout"))], example: ["items": [example]]),
    ]
}
