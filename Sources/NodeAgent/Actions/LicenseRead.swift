import EXAConf
import JobEngine
package import Values

/// `license.read`: answers the text of a file below `/exa` (`path`) as member `text`; no member when there is no file.
package struct LicenseRead: NodeAction {
    /// As commands call it.
    package static let name = "license.read"

    /// Only reads; nothing has to be taken back.
    ///
    /// - Throws: `failed` with code 2 for an unfit path, with code 1 for a file that cannot be read or is not UTF-8;
    ///   `cancelled` or `timedOut` before it is read.
    package func run(_ call: ActionCall) async throws(ActionError) -> Value {
        let location = try call.path("path", .license)
        try call.check()
        let bytes = try ActionError.reporting { () throws(InstallError) in try call.files.read(location) }
        guard let bytes else { return [:] }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .failed(code: 1, message: "\(location) is not a licence: it is not UTF-8 text.")
        }
        return ["text": .string(text)]
    }
}
