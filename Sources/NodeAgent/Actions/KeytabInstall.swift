import EXAConf
import JobEngine
package import Values

/// `keytab.install`: writes a keytab (`keytab`, as base64 or text) to a file (`path`, below `/exa`).
package struct KeytabInstall: NodeAction {
    /// Stored in job records: it stays what it is.
    package static let name = "keytab.install"

    /// Answers null. The file is written with mode 0600.
    ///
    /// - Throws: `failed` with code 2 for an unfit argument, with code 1 when the file cannot be written; `cancelled`
    ///   or `timedOut` before it is.
    package func run(_ call: ActionCall) async throws(ActionError) -> Value {
        let text = try call.text("keytab")
        let bytes = Base64.decode(text.utf8, skipsBlanks: true) ?? Array(text.utf8)
        try call.exchange.install(
            [.init(path: try call.path("path", .keytab), bytes: bytes, mode: 0o600)], check: call.check)
        return .null
    }
}
