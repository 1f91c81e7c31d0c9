package import JobEngine

/// `license.install`: writes the text of a licence (`text`) to a file (`path`, below `/exa`).
package struct LicenseInstall: NodeAction {
    package static let name = "license.install"

    package func run(_ call: ActionCall) async throws(ActionError) -> Value {
        let file = FileExchange.NewFile(
            path: try call.path("path"), bytes: Array(try call.text("text").utf8), mode: 0o644)
        try call.exchange.install([file], check: call.check)
        return .null
    }
}
