import EXAConf
import JobEngine

extension UserEntry {
    /// The user as answers show it; never with the hash of the password.
    var value: Value {
        .members([
            "id": id.map(Value.int), "group": group.map(Value.string), "login_enabled": .bool(isLoginEnabled),
            "additional_groups": .strings(additionalGroups), "authorized_keys": .strings(authorizedKeys),
        ])
    }
}
