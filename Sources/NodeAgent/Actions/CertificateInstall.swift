import EXAConf
import JobEngine
package import Values

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
                path: try call.path("cert_path", .certificate), bytes: Array(try call.text("cert").utf8), mode: 0o644),
            FileExchange.NewFile(
                path: try call.path("key_path", .certificate), bytes: Array(try call.text("key").utf8), mode: 0o600),
        ]
        let authorities = try call.optionalText("ca_path") == nil ? nil : try call.path("ca_path", .certificate)
        // That file is another one though none are given: else a certificate would become an authority.
        let paths = files.map(\.path) + [authorities].compactMap(\.self)
        guard Set(paths).count == paths.count else {
            throw .failed(code: 2, message: "Certificate, key and authorities need a file each; give different paths.")
        }
        if let authority = try call.optionalText("ca") {
            guard let authorities else { throw .argument("ca_path", "is missing") }
            files.append(.init(path: authorities, bytes: Array(authority.utf8), mode: 0o644))
        }
        try call.exchange.install(files, check: call.check)
        return .null
    }
}
