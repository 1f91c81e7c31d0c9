import EXAConf
import JobEngine
package import Values

/// `license.restore`: takes `license.install` of the same step back (`path`).
package struct LicenseRestore: NodeAction {
    /// Stored as the undo of commands, which may run after an update: it stays what it is.
    package static let name = "license.restore"

    /// Answers null, also when the step never began and so there is nothing to take back.
    ///
    /// - Throws: `failed` with code 2 for an unfit path, with code 1 when the former file could not be put back.
    package func run(_ call: ActionCall) async throws(ActionError) -> Value {
        try call.exchange.restore([try call.path("path", .license)])
        return .null
    }
}
