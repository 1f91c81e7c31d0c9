import Foundation

/// `info`: what the database is doing and how much room it takes.
enum Info {
    struct Answer: Encodable, Sendable {
        let state: String
        let connectible: Bool
        /// Bytes on disk, all of the database.
        let usedBytes: Int
        /// Bytes of temporary files.
        let temporaryBytes: Int
        /// Clients that are connected; absent while it does not run.
        var connections: Int?
        var info = ""
    }

    static let run: Verbs.Verb = { (request) throws(EngineError) in
        let instance = try Instance(request)
        let state = try await instance.state()
        var answer = Answer(
            state: state.state, connectible: state.connectible, usedBytes: size(of: instance.directory),
            temporaryBytes: size(of: instance.directory + "/base/pgsql_tmp"), info: state.detail ?? "")
        if state.connectible {
            let text = try await instance.query(
                "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid();"
            )
            answer.connections = Int(text)
        }
        return answer
    }

    /// Bytes of all files below a directory.
    static func size(of directory: String) -> Int {
        let files = FileManager.default.enumerator(at: URL(filePath: directory), includingPropertiesForKeys: nil)
        var bytes = 0
        while let file = files?.nextObject() as? URL {
            // Files come and go while the server works.
            guard let attributes = try? FileManager.default.attributesOfItem(atPath: file.path(percentEncoded: false)),
                attributes[.type] as? FileAttributeType == .typeRegular
            else { continue }
            bytes += (attributes[.size] as? NSNumber)?.intValue ?? 0
        }
        return bytes
    }
}
