import JobEngine
import Values

/// The folder an archive is made of; whoever is not the daemon cannot look into it.
struct DebugFolder {
    let path: String
    let files: DurableFile

    /// Writes one file of text, without the secrets that are told by their form; what is longer than a file may be is cut
    /// at its front.
    func write(_ bytes: [UInt8], as name: String) throws(ActionError) {
        let text = String(decoding: bytes, as: UTF8.self)
        let shown = Secret.masked(text)
        let end = Array((shown == text ? bytes : Array(shown.utf8)).suffix(DurableFile.sizeLimit))
        try ActionError.reporting { () throws(InstallError) in
            _ = try files.write(end, to: "\(path)/\(name)", mode: 0o600)
        }
    }

    /// Writes one file of JSON.
    func write(_ value: Value, as name: String) throws(ActionError) {
        try write(JSON.bytes(value.redacting()) + [UInt8(ascii: "\n")], as: name)
    }
}
