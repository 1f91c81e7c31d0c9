import HTTPServer
import HTTPTypes
import Hummingbird
import Values

extension Call {
    /// What ``idempotencyKey`` takes, as a regular expression.
    package static let idempotencyKeyPattern = #"^("[ -~]{1,128}"|[!#-~]([ -~]{0,126}[!#-~])?)$"#

    /// The caller's own name of the request, without the quotes it may stand in; `nil` when they give none.
    ///
    /// - Throws: ``Problem`` for a field that is no such name.
    package var idempotencyKey: String? {
        get throws(Problem) { try Self.idempotencyKey(request.headers[.idempotencyKey]) }
    }

    static func idempotencyKey(_ field: String?) throws(Problem) -> String? {
        guard let field else { return nil }
        var key = field[...].trimmingBlanks
        if key.utf8.count >= 2, key.hasPrefix("\""), key.hasSuffix("\"") {
            key = key.dropFirst().dropLast()
        } else if key.hasPrefix("\"") || key.hasSuffix("\"") {
            key = ""
        }
        guard (1...128).contains(key.utf8.count), key.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            let text =
                "Idempotency-Key has to be 1 to 128 printable ASCII characters, with quotes around them or without."
            throw Problem(
                .headerInvalid, text, faults: [.init(.header("Idempotency-Key"), "header-invalid", detail: text)])
        }
        return String(key)
    }
}
