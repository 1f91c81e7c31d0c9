import Foundation
import Posix

/// Directories and files of an instance, with errors a caller can read.
enum Files {
    /// What is not there counts as removed.
    static func remove(_ path: String) throws(EngineError) {
        let (folder, name) = parts(of: path)
        try told("\(path) could not be removed") { () throws(SystemFault) in
            guard FileManager.default.fileExists(atPath: folder) else { return }
            try Tree.remove(name, in: Descriptor.trusted(folder))
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
        (try? Tree.names(in: Descriptor.trusted(directory))) ?? []
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
    static func write(_ bytes: [UInt8], to path: String) throws(EngineError) {
        let (folder, name) = parts(of: path)
        try told("\(path) could not be written") { () throws(SystemFault) in
            try Descriptor.trusted(folder).replace(name, by: bytes, mode: 0o600)
        }
    }

    private static func parts(of path: String) -> (folder: String, name: String) {
        let url = URL(filePath: path)
        return (url.deletingLastPathComponent().path(percentEncoded: false), url.lastPathComponent)
    }

    private static func told(_ what: String, _ work: () throws(SystemFault) -> Void) throws(EngineError) {
        do throws(SystemFault) { try work() } catch { throw EngineError(.failed, "\(what): \(error).") }
    }
}
