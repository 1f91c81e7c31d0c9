import Foundation

/// Directories and files of an instance, with errors a caller can read.
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

    /// What is in a directory; nothing when it cannot be read.
    static func names(in directory: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    }

    /// Bytes of a file, 0 when there is none.
    static func size(of path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    /// When a file was changed last; `nil` when there is none.
    static func changed(_ path: String) -> Date? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Date(timeIntervalSince1970: Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9)
    }

    /// Replaces a file as a whole; it is on the disk when this returns.
    static func write(_ bytes: Data, to path: String) throws(EngineError) {
        let new = path + ".new"
        do {
            try bytes.write(to: URL(filePath: new))
            let file = try FileHandle(forWritingTo: URL(filePath: new))
            try file.synchronize()
            try file.close()
        } catch {
            throw EngineError(.failed, "\(path) could not be written: \(error.localizedDescription)")
        }
        guard rename(new, path) == 0 else {
            throw EngineError(.failed, "\(path) could not be written: \(String(cString: strerror(errno))).")
        }
    }
}
