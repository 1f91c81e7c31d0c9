import EXAConf
import JobEngine
package import Values

/// `license.install`: writes the text of a licence (`text`) to a file (`path`, below `/exa`).
package struct LicenseInstall: NodeAction {
    /// Stored in job records: it stays what it is.
    package static let name = "license.install"

    /// Answers null. The file is written with mode 0600; the text is not examined.
    ///
    /// - Throws: `failed` with code 2 for an unfit argument, with code 1 when the file cannot be written; `cancelled`
    ///   or `timedOut` before it is.
    package func run(_ call: ActionCall) async throws(ActionError) -> Value {
        let file = FileExchange.NewFile(
            path: try call.path("path", .license), bytes: Array(try call.text("text").utf8), mode: 0o600)
        try call.exchange.install([file], check: call.check)
        return .null
    }
}
