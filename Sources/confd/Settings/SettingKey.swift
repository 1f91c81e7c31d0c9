/// One setting of the daemon: its key, type, default and meaning. The command `confd settings` prints this table.
struct SettingKey {
    /// Dotted, as in the settings file; `http.port` is `CONFD_HTTP_PORT` in the environment.
    let name: String
    let kind: Kind
    /// What holds when nothing is said; empty when there is no value then.
    let fallback: String
    let text: String

    enum Kind: String {
        case text = "text"
        case number = "whole number"
        case truth = "true or false"
    }

    /// The variable of the environment that sets it.
    var variable: String { "CONFD_" + name.uppercased().replacing(".", with: "_") }

    static let all: [SettingKey] = [
        SettingKey(
            name: "http.port", kind: .number, fallback: "",
            text: "Port of all faces; XMLRPCPort of EXAConf when not set."),
        SettingKey(name: "http.bind", kind: .text, fallback: "0.0.0.0", text: "Address to listen on."),
        SettingKey(
            name: "http.pages", kind: .text, fallback: "/usr/share/confd/Public", text: "Folder of the status page."),
        SettingKey(
            name: "http.max_connections", kind: .number, fallback: "10000", text: "Open connections at most."),
        SettingKey(
            name: "node.id", kind: .number, fallback: "",
            text: "Which node of EXAConf this machine is; found out when not set."),
        SettingKey(name: "pam.service", kind: .text, fallback: "confd", text: "PAM service that checks passwords."),
        SettingKey(
            name: "pam.directory", kind: .text, fallback: "",
            text: "Folder of the PAM service file; the generated one below the root when not set."),
        SettingKey(
            name: "access.cache_seconds", kind: .number, fallback: "60",
            text: "How long a verified password is remembered; 0 switches it off."),
        SettingKey(
            name: "access.failure_milliseconds", kind: .number, fallback: "1000",
            text: "A failed login is answered no earlier."),
        SettingKey(
            name: "jobs.queue_limit", kind: .number, fallback: "100000", text: "Jobs that have not ended, at most."),
        SettingKey(
            name: "shutdown.seconds", kind: .number, fallback: "30",
            text: "How long running commands may take to end when the daemon is stopped."),
        SettingKey(
            name: "log.level", kind: .text, fallback: "info", text: "trace, debug, info, notice, warning, error."),
        SettingKey(name: "log.format", kind: .text, fallback: "text", text: "text or json, on standard error."),
    ]
}
