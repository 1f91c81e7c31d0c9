import Foundation

/// What PostgreSQL says of the files of a backup.
struct Manifest: Sendable {
    let path: String
    /// All files of the instance together, unpacked.
    let bytes: Int

    private struct Content: Decodable {
        let files: [File]

        private enum CodingKeys: String, CodingKey { case files = "Files" }
    }

    private struct File: Decodable {
        let size: Int

        private enum CodingKeys: String, CodingKey { case size = "Size" }
    }

    /// - Throws: `failed` for one that cannot be read.
    init(reading path: String) throws(EngineError) {
        self.path = path
        guard let data = FileManager.default.contents(atPath: path),
            let content = try? JSONDecoder().decode(Content.self, from: data)
        else { throw EngineError(.failed, "The backup is damaged: its manifest cannot be read.") }
        bytes = content.files.reduce(0) { sum, file in sum.addingReportingOverflow(max(0, file.size)).partialValue }
    }
}
