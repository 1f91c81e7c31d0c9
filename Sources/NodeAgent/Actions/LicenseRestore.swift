package import JobEngine

/// `license.restore`: takes `license.install` of the same step back (`path`).
package struct LicenseRestore: NodeAction {
    package static let name = "license.restore"

    package func run(_ call: ActionCall) async throws(ActionError) -> Value {
        try call.exchange.restore([try call.path("path")])
        return .null
    }
}
