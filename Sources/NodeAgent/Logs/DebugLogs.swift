import JobEngine
import NodeCommands
import Values

/// The logs of an archive, and lists of what is too secret or too large to be in it.
struct DebugLogs {
    private let content: DebugCollect.Content
    private let window: Range<Timestamp>

    /// - Throws: `failed` with code 2 for a time that ends before it begins.
    init(_ content: DebugCollect.Content) throws(ActionError) {
        let (from, until) = (content.from ?? 0, content.until ?? Int.max)
        guard from <= until else { throw .argument("until", "must not lie before 'from'") }
        self.content = content
        window = Timestamp(milliseconds: from)..<Timestamp(milliseconds: until)
    }

    /// Writes `logs/`, `storage.json` and `coredumps.json`, each when it is wanted.
    func write(to folder: DebugFolder, _ call: ActionCall) throws(ActionError) {
        if wants(.logs) || content.databases != nil { try writeLogs(to: folder, call) }
        if wants(.storage), let bytes = (try? call.files.read(call.root.data + "/storage/.ledger.json")) ?? nil {
            try folder.write(bytes, as: "storage.json")
        }
        if wants(.coredumps) { try folder.write(Self.coreDumps(), as: "coredumps.json") }
    }

    private func wants(_ kind: DebugCollect.Kind) -> Bool { content.kinds?.contains(kind) ?? true }

    private func writeLogs(to folder: DebugFolder, _ call: ActionCall) throws(ActionError) {
        let opened = content.files == nil ? [] : DebugFacts.openFiles()
        var left = 128 * 1024 * 1024
        var told: [Value] = []
        for source in try LogSource.all(of: call) where isWanted(source, opened) {
            try call.check()
            let (bytes, isCut) = source.tail()
            let lines = LogEvent.all(in: bytes, within: window).map(\.text).joined(separator: "\n")
            guard left >= lines.utf8.count else { break }
            left -= lines.utf8.count
            let place = [source.service, source.database, source.path.split(separator: "/").last.map(String.init)]
            let name = place.compactMap { $0 }.joined(separator: "/")
            if !lines.isEmpty { try folder.write(Array((lines + "\n").utf8), as: "logs/\(name)") }
            told.append(["path": .string(source.path), "name": .string(name), "is_cut": .bool(isCut)])
        }
        try folder.write(.list(told), as: "logs.json")
    }

    private func isWanted(_ source: LogSource, _ opened: Set<FileKey>) -> Bool {
        if let database = source.database {
            guard content.databases?.contains(database) ?? wants(.logs) else { return false }
        } else if !wants(.logs) {
            return false
        }
        guard let files = content.files else { return true }
        let isOpen = FileKey(source.path).map { opened.contains($0) } ?? false
        return isOpen == (files == .open)
    }

    /// Core dumps where the kernel puts them (core(5)): names, sizes and times only, as they hold whole memories.
    private static func coreDumps() -> Value {
        let files = PosixFileSystem()
        let bytes = (try? PosixFileSystem().read("/proc/sys/kernel/core_pattern", limit: 4096)) ?? nil
        let pattern = String(decoding: bytes?.bytes ?? [], as: UTF8.self)
            .trimmingPrefix { $0.isWhitespace }.prefix { $0 != "\n" }
        guard pattern.hasPrefix("/"), let slash = pattern.lastIndex(of: "/") else {
            return ["core_pattern": .string(String(pattern)), "files": []]
        }
        let start = pattern[pattern.index(after: slash)...].prefix { $0 != "%" }
        let names = ((try? files.names(in: String(pattern[..<slash]))) ?? []).filter { $0.hasPrefix(start) }.sorted()
        let found = names.compactMap { name -> Value? in
            guard let status = (try? files.status(of: "\(pattern[..<slash])/\(name)")) ?? nil else { return nil }
            return [
                "name": .string(name), "bytes": .int(status.size),
                "changed": .string(Timestamp(milliseconds: status.modified / 1_000_000).description),
            ]
        }
        return ["core_pattern": .string(String(pattern)), "files": .list(found)]
    }
}
