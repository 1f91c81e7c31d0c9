import EXAConf
import JobEngine
import NodeCommands
import Values

/// What a caller of `debug_collect` wants to have in the archive, as the command takes it.
struct DebugRequest {
    private(set) var content = DebugCollect.Content()

    /// - Throws: ``JobError`` for a wish that makes no sense, and for one that cannot be met here.
    init(_ context: JobContext, in document: Document) throws(JobError) {
        let given = context.arguments
        guard try given.strings("backtraces") ?? [] == [] else {
            throw JobError(.unsupported, "Backtraces cannot be taken here: leave out 'backtraces'.")
        }
        content.kinds = try given.strings("debug_info").map { $0.compactMap { Self.kinds[$0] } }
        content.databases = try Self.databases(given, in: document)
        content.files = try Self.files(given)
        let (first, last) = (try Self.day(given, "start_date"), try Self.day(given, "end_date"))
        if let first, let last, first > last { throw .invalid("end_date", "'end_date' lies before 'start_date'.") }
        content.from = first
        content.until = last.map { $0 + 86_400_000 }
    }

    /// The kinds of information a caller can ask for, and what the command calls them.
    static let kinds: [String: DebugCollect.Kind] = [
        "EXAClusterOS logs": .logs, "EXAStorage metadata": .storage, "Coredumps": .coredumps,
    ]

    private static func databases(_ given: Arguments, in document: Document) throws(JobError) -> [String]? {
        let names = try given.strings("exasolution_logs")
        for name in names ?? [] { _ = try document.given(database: name) }
        let types = try given.strings("exasolution_log_type")
        for (index, type) in (types ?? []).enumerated() where !["SQL processes", "Server processes"].contains(type) {
            guard !type.hasPrefix("Session ") else {
                throw JobError(
                    .unsupported,
                    "The log of a database is one for all its sessions and cannot be had of one alone: leave out "
                        + "'\(type.echoed)'.")
            }
            throw .invalid(
                "exasolution_log_type/\(index)",
                "exasolution_log_type[\(index)]: one of SQL processes, Server processes is allowed.")
        }
        guard names != nil || types != nil else { return nil }
        return names ?? document.databases.map(\.name)
    }

    private static func files(_ given: Arguments) throws(JobError) -> DebugCollect.Files? {
        switch (given.bool("only_open_files") ?? false, given.bool("no_open_files") ?? false) {
        case (true, true):
            throw .invalid("no_open_files", "'no_open_files' and 'only_open_files' leave nothing: give one of them.")
        case (true, false): return .open
        case (false, true): return .closed
        case (false, false): return nil
        }
    }

    /// When a day begins, in milliseconds since 1970, UTC.
    private static func day(_ given: Arguments, _ parameter: String) throws(JobError) -> Int? {
        guard let text = given.string(parameter) else { return nil }
        guard text.utf8.count == 10, let moment = Timestamp("\(text)T00:00:00Z") else {
            throw .invalid(parameter, "'\(parameter)': give a day like 2026-01-04.")
        }
        return moment.milliseconds
    }
}
