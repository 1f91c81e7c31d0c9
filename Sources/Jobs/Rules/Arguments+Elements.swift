import JobEngine

extension Arguments {
    /// The texts of a list the file keeps with commas between: none is empty, none has a comma itself.
    ///
    /// - Throws: ``JobError/Code/parameterInvalid`` for the first element that cannot be kept so.
    func elements(_ name: String) throws(JobError) -> [String]? {
        guard let texts = try strings(name) else { return nil }
        for (index, text) in texts.enumerated() {
            guard !text.isEmpty, !text.utf8.contains(UInt8(ascii: ",")) else {
                throw .invalid("\(name)/\(index)", "\(name)[\(index)] must neither be empty nor contain a comma.")
            }
        }
        return texts
    }
}
