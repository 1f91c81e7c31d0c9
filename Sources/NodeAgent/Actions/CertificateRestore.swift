import EXAConf
import JobEngine
package import Values

/// `certificate.restore`: takes `certificate.install` of the same step back (`cert_path`, `key_path` and, when there was
/// a `ca`, `ca_path`): files that were not there before are removed.
package struct CertificateRestore: NodeAction {
    /// Stored as the undo of commands, which may run after an update: it stays what it is.
    package static let name = "certificate.restore"

    /// Answers null, also when the step never began and so there is nothing to take back.
    ///
    /// - Throws: `failed` with code 2 for an unfit path, with code 1 when not all former files could be put back.
    package func run(_ call: ActionCall) async throws(ActionError) -> Value {
        var paths = [try call.path("cert_path", .certificate), try call.path("key_path", .certificate)]
        if try call.optionalText("ca_path") != nil { paths.append(try call.path("ca_path", .certificate)) }
        try call.exchange.restore(paths)
        return .null
    }
}
