import Foundation

/// Directories of an instance, moved and removed with errors a caller can read.
enum Files {
    /// What is not there counts as removed.
    static func remove(_ path: String) throws(EngineError) {
        guard FileManager.default.fileExists(atPath: path) else { return }
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            throw EngineError(.failed, "\(path) could not be removed: \(error.localizedDescription)")
        }
    }

    static func move(_ path: String, to target: String) throws(EngineError) {
        do {
            try FileManager.default.moveItem(atPath: path, toPath: target)
        } catch {
            throw EngineError(.failed, "\(path) could not be moved: \(error.localizedDescription)")
        }
    }
}
