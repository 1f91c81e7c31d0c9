import JobEngine

/// The folder an archive is made of; whoever is not the daemon cannot look into it.
struct DebugFolder {
    let path: String
    let files: DurableFile

    /// Writes one file; what is longer than a file may be is cut at its front.
    func write(_ bytes: [UInt8], as name: String) throws(ActionError) {
        do throws(InstallError) {
            try files.write(bytes.suffix(DurableFile.sizeLimit), to: "\(path)/\(name)", mode: 0o600)
        } catch {
            throw .failed(code: 1, message: error.description)
        }
    }

    /// Writes one file of JSON.
    func write(_ value: Value, as name: String) throws(ActionError) {
        try write(JSON.bytes(value) + [UInt8(ascii: "\n")], as: name)
    }
}

extension DurableFile {
    fileprivate func write(_ bytes: ArraySlice<UInt8>, to path: String, mode: UInt32) throws(InstallError) {
        try write(Array(bytes), to: path, mode: mode)
    }
}
