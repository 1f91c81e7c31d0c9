package import JobEngine

/// `certificate.install`: writes a certificate (`cert` to `cert_path`), its key (`key` to `key_path`) and, when given,
/// its authorities (`ca` to `ca_path`): all of them or none.
package struct CertificateInstall: NodeAction {
    /// Stored in job records: it stays what it is.
    package static let name = "certificate.install"

    /// Answers null. The key is written with mode 0600, the other files with 0644.
    ///
    /// - Throws: `failed` with code 2 for an argument that is missing or unfit or names a file twice, with code 1 for a
    ///   file that cannot be written; `cancelled` or `timedOut` between two files.
    package func run(_ call: ActionCall) async throws(ActionError) -> Value {
        var files = [
            FileExchange.NewFile(
                path: try call.path("cert_path"), bytes: Array(try call.text("cert").utf8), mode: 0o644),
            FileExchange.NewFile(
                path: try call.path("key_path"), bytes: Array(try call.text("key").utf8), mode: 0o600),
        ]
        if let authority = try call.optionalText("ca") {
            files.append(.init(path: try call.path("ca_path"), bytes: Array(authority.utf8), mode: 0o644))
        }
        guard Set(files.map(\.path)).count == files.count else {
            throw .failed(code: 2, message: "Certificate, key and authorities need a file each; give different paths.")
        }
        try call.exchange.install(files, check: call.check)
        return .null
    }
}
