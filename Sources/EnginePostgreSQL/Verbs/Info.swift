import Foundation

/// `info`: what the database is doing and how much room it takes.
enum Info {
    struct Answer: Encodable, Sendable {
        let state: String
        let connectible: Bool
        let created: Bool
        let process: StateOf.Process?
        let ended: Ending?
        let owner: Mark?
        /// Bytes on disk, all of the database.
        let usedBytes: Int
        /// Bytes of temporary files.
        let temporaryBytes: Int
        /// Clients that are connected; absent while it does not run.
        var connections: Int?
        let info: String
    }

    static let run: Verbs.Verb = { (request) throws(EngineError) in
        let instance = try Instance(request)
        instance.logs.prune()
        let state = await instance.state()
        let answer = answer(state, of: instance)
        guard state.connectible else { return answer }
        do throws(EngineError) {
            let text = try await instance.query(
                "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid();"
            )
            var counted = answer
            counted.connections = Int(text)
            return counted
        } catch {
            // It may have ended, or begun to, since it was looked at: what counts is what it does now.
            return Self.answer(await instance.state(), of: instance)
        }
    }

    private static func answer(_ state: StateOf.Answer, of instance: Instance) -> Answer {
        Answer(
            state: state.state, connectible: state.connectible, created: state.created, process: state.process,
            ended: state.ended, owner: state.owner, usedBytes: size(of: instance.directory),
            temporaryBytes: size(of: instance.directory + "/base/pgsql_tmp"), info: state.detail ?? "")
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
