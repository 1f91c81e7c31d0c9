import JobEngine
package import Values

/// `log.collect`: events of the logs of this node from one moment (`from`, milliseconds) until before another
/// (`until`), of `services`, of databases (`dbs`) and priorities (`levels`; all when left out), or from where a reader
/// (`tag`) stopped the last time.
package struct LogCollect: NodeAction {
    /// Stored in job records: it stays what it is.
    package static let name = "log.collect"
    /// Events of one answer.
    static let most = 10_000

    /// Knows of no log before it is asked.
    package init() {}

    /// Answers a list of dicts: time, service, database, priority, text; in the order of time.
    ///
    /// - Throws: `refused` when none of the services writes a log here, or too much was found for one answer.
    package func run(_ call: ActionCall) async throws(ActionError) -> Value {
        let position = try call.optionalText("tag").map { "\(call.root.spool)/logs/\($0).position" }
        let window = try Self.window(call, after: position.flatMap { Self.position($0, call) })
        let sources = try sources(call)
        var found: [(source: LogSource, event: LogEvent)] = []
        for source in sources {
            try call.check()
            found += LogEvent.all(in: source.tail().bytes, within: window).map { (source, $0) }
        }
        if wants("ConfD", call) {
            let journal = LogSource(service: "ConfD", database: nil, path: "")
            found += LogEvent.all(in: try await Journal.lines(within: window, call), within: window).map {
                (journal, $0)
            }
        }
        if let levels = call.arguments["levels"]?.list?.compactMap(\.string) {
            found.removeAll { !levels.contains($0.event.priority) }
        }
        guard found.count <= Self.most else {
            throw .refused(
                JobError(
                    .parameterInvalid,
                    "More than \(Self.most) events match: ask for a shorter time or for fewer services."))
        }
        if let position { try Self.keep(window.upperBound, at: position, call) }
        return .list(found.sorted { $0.event.time < $1.event.time }.map { Self.value($0.source, $0.event) })
    }

    private func wants(_ service: String, _ call: ActionCall) -> Bool {
        (call.arguments["services"]?.list ?? []).contains { $0.string?.lowercased() == service.lowercased() }
    }

    private func sources(_ call: ActionCall) throws(ActionError) -> [LogSource] {
        let all = try LogSource.all(of: call)
        let known = Set(all.map(\.service)).union(Journal.isUsed ? ["ConfD"] : []).sorted()
        guard known.contains(where: { wants($0, call) }) else {
            let names = known.isEmpty ? "nobody does" : known.joined(separator: ", ") + " do"
            throw .refused(JobError(.unsupported, "None of these services writes a log on this node; \(names)."))
        }
        let databases = call.arguments["dbs"]?.list?.compactMap(\.string)
        return all.filter { source in
            guard wants(source.service, call) else { return false }
            guard let databases, let database = source.database else { return true }
            return databases.contains(database)
        }
    }

    private static func window(
        _ call: ActionCall, after position: Timestamp?
    ) throws(ActionError) -> Range<Timestamp> {
        guard let from = call.arguments["from"]?.int, let until = call.arguments["until"]?.int else {
            throw .argument("from", "must be a number, and 'until' too")
        }
        let start = position ?? Timestamp(milliseconds: from)
        return start..<max(start, Timestamp(milliseconds: until))
    }

    private static func position(_ path: String, _ call: ActionCall) -> Timestamp? {
        guard let bytes = (try? call.files.read(path)) ?? nil else { return nil }
        return Int(String(decoding: bytes, as: UTF8.self)).map { Timestamp(milliseconds: $0) }
    }

    private static func keep(_ moment: Timestamp, at path: String, _ call: ActionCall) throws(ActionError) {
        try ActionError.reporting { () throws(InstallError) in
            _ = try call.files.write(Array(String(moment.milliseconds).utf8), to: path, mode: 0o600)
        }
    }

    private static func value(_ source: LogSource, _ event: LogEvent) -> Value {
        .members([
            "time": .string(event.time.description), "service": .string(source.service),
            "database": source.database.map(Value.string), "priority": .string(event.priority),
            "text": .string(event.text),
        ])
    }
}

extension LogSource {
    /// The logs of a node, or why its folder of logs cannot be read.
    static func all(of call: ActionCall) throws(ActionError) -> [LogSource] {
        do throws(FileFault) {
            return try all(call.root, call.files.files)
        } catch {
            throw .failed(code: 1, message: error.installError.description)
        }
    }
}
