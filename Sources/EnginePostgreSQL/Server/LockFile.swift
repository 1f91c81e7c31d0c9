import Foundation

/// A file in which a server of PostgreSQL says that it is there: `postmaster.pid` in its directory, `.s.PGSQL.*.lock`
/// beside its socket. It may be of a server that has long ended.
struct LockFile: Sendable {
    private let lines: [String]

    /// That of a data directory.
    static func path(in directory: String) -> String { directory + "/postmaster.pid" }

    /// - Returns: `nil` when there is none that can be read.
    init?(reading path: String) {
        guard let bytes = FileManager.default.contents(atPath: path) else { return nil }
        lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.trimmingCharacters(in: .whitespaces) }
    }

    private func line(_ number: Int) -> String { lines.count > number ? lines[number] : "" }

    /// The number it names; of whom that is, it does not say.
    var process: Int32? { Int32(line(0)) }
    var directory: String { line(1) }
    /// When the server was started.
    var started: Date? { Double(line(2)).map { Date(timeIntervalSince1970: $0) } }
    var port: Int? { Int(line(3)) }
    var socketFolder: String { line(4) }
    /// What the server is doing or about to do.
    var status: String { line(7) }

    /// Takes away what is left of servers that have ended, so that a new one can start.
    ///
    /// PostgreSQL does so itself when no process has the number. It does not when another process got it, or when
    /// there is none in the file, as after a loss of power.
    ///
    /// - Parameters:
    ///   - directory: The data directory; the caller has the lock of its volume, and has seen that no process works in it.
    ///   - sockets: The folder of its sockets, which no other database has.
    static func clear(directory: String, sockets: String) throws(EngineError) {
        try remove(path(in: directory))
        let names = (try? FileManager.default.contentsOfDirectory(atPath: sockets)) ?? []
        for name in names where name.hasPrefix(".s.PGSQL.") && name.hasSuffix(".lock") {
            let other = LockFile(reading: "\(sockets)/\(name)")?.directory ?? ""
            // That of a server which runs is left for PostgreSQL to complain about.
            if !other.isEmpty, other != directory, Server.find(in: other) != nil { continue }
            try remove("\(sockets)/\(name)")
        }
    }

    private static func remove(_ path: String) throws(EngineError) {
        guard unlink(path) != 0, errno != ENOENT else { return }
        throw EngineError(.failed, "\(path) is of a server that has ended: \(String(cString: strerror(errno))).")
    }
}
