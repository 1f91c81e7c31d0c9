import Foundation

/// The logs of a server: files PostgreSQL begins anew when one is full, of which the latest are kept.
struct ServerLog: Sendable {
    /// The directory of this database's logs.
    let folder: String

    /// Files that are kept, the one that is written among them.
    static let fileCount = 10
    /// Mebibytes after which a new file is begun, in the next second at the earliest, as that makes its name.
    static let fileMebibytes = 32
    /// The names of the files, as the server makes them of the time.
    static let fileName = "postgresql-%Y-%m-%dT%H-%M-%S.log"

    /// What the last start said before it wrote its log.
    var startup: String { folder + "/startup.log" }

    /// Paths, the latest last; those of before, when there was one file, count as well.
    var files: [String] {
        Files.names(in: folder).filter { $0.hasPrefix("postgresql") && $0.hasSuffix(".log") }
            .map { path in "\(folder)/\(path)" }
            .map { (path: $0, changed: Files.changed($0) ?? .distantPast) }
            .sorted { ($0.changed, $0.path) < ($1.changed, $1.path) }.map(\.path)
    }

    /// Removes the oldest files beyond the number and size that are kept.
    func prune() {
        var (count, bytes) = (0, 0)
        for path in files.reversed() {
            count += 1
            bytes += Files.size(of: path)
            let isBeyond = count > Self.fileCount || bytes > Self.fileCount * Self.fileMebibytes << 20
            if count > 1, isBeyond { unlink(path) }
        }
    }

    /// How long each file is now.
    var lengths: [String: Int] {
        Dictionary(files.map { ($0, Files.size(of: $0)) }) { first, _ in first }
    }

    /// What a start said: on its way, and in the log since.
    ///
    /// - Parameter before: How long the files were then.
    func said(since before: [String: Int]) -> [ServerLogEntry] {
        let parts = [Self.read(startup, from: 0)] + files.map { Self.read($0, from: before[$0] ?? 0) }
        return parts.flatMap { ServerLogEntry.all(in: $0) }
    }

    /// The entries at the end of the log.
    var last: [ServerLogEntry] {
        guard let path = files.last else { return [] }
        return ServerLogEntry.all(in: Self.read(path, from: max(0, Files.size(of: path) - 256 * 1024)))
    }

    private static func read(_ path: String, from offset: Int) -> String {
        guard let file = FileHandle(forReadingAtPath: path) else { return "" }
        defer { try? file.close() }
        guard (try? file.seek(toOffset: UInt64(max(0, offset)))) != nil,
            let bytes = try? file.read(upToCount: 1024 * 1024)
        else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// One message in the log of a server.
struct ServerLogEntry: Sendable, Hashable {
    /// PostgreSQL's word for how bad it is, such as `FATAL`; `DETAIL` and `HINT` belong to the message before.
    let severity: String
    let text: String

    private static let severities = [
        "PANIC", "FATAL", "ERROR", "WARNING", "NOTICE", "INFO", "LOG", "DETAIL", "HINT", "STATEMENT", "CONTEXT",
    ]

    static func all(in text: String) -> [ServerLogEntry] {
        text.split(separator: "\n").compactMap { line in
            // A message goes on in lines that begin with a tab; what is in it is not looked at.
            if line.first == "\t" { return nil }
            // The word comes behind the time and the number of the process, where there are any.
            let message = line.firstRange(of: "] ").map { line[$0.upperBound...] } ?? line
            for part in [message, line] {
                guard let severity = severities.first(where: { part.hasPrefix("\($0):  ") }) else { continue }
                return ServerLogEntry(severity: severity, text: String(part.dropFirst(severity.count + 3)))
            }
            return nil
        }
    }

    /// Why a server did not start, in its own words: what it could not do, the error that ended it, details and hints.
    static func reason(_ entries: [ServerLogEntry]) -> String? {
        let fatal = entries.firstIndex { entry in
            // Clients that come too early are told so by errors of their own.
            ["FATAL", "PANIC"].contains(entry.severity) && !entry.text.hasPrefix("the database system is ")
        }
        guard let end = fatal ?? entries.lastIndex(where: { $0.severity == "ERROR" }) else { return nil }
        let causes = entries[..<end].enumerated().filter { place, entry in
            entry.isCause || entry.severity == "HINT" && place > 0 && entries[place - 1].isCause
        }
        let further = entries[(end + 1)...].prefix { ["DETAIL", "HINT"].contains($0.severity) }
        return (causes.map(\.element) + [entries[end]] + further).map(\.sentence).joined(separator: " ")
    }

    /// Whether it says, before the error that ends a start, what did not work.
    private var isCause: Bool {
        let words = ["could not ", "invalid value for parameter", "outside the valid range", "unrecognized "]
        return severity == "LOG" && words.contains { text.contains($0) }
    }

    /// With its word for what it is, and a full stop.
    private var sentence: String { "\(severity): \(text)" + (text.hasSuffix(".") ? "" : ".") }
}
