package import JobEngine

/// `license.read`: answers the text of a file below `/exa` (`path`) as member `text`; no member when there is no file.
package struct LicenseRead: NodeAction {
    package static let name = "license.read"

    package func run(_ call: ActionCall) async throws(ActionError) -> Value {
        let location = try call.path("path")
        try call.check()
        let bytes: [UInt8]?
        do throws(InstallError) {
            bytes = try call.files.read(location)
        } catch {
            throw .failed(code: 1, message: error.description)
        }
        guard let bytes else { return [:] }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .failed(code: 1, message: "\(location) is not a licence: it is not UTF-8 text.")
        }
        return ["text": .string(text)]
    }
}
