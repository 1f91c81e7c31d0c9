import JobEngine
import NodeCommands
import Values

extension LogCollect: NodeAction {
    /// Events of one answer.
    private static let most = 10_000
    /// What an event has beside its text, in bytes.
    private static let frame = 120

    /// - Throws: `refused` when none of the services writes a log here, or too much was found for one answer.
    func run(_ call: ActionCall) async throws(ActionError) -> [Event] {
        let position = tag.map { "\(call.root.spool)/logs/\($0).position" }
        let start = position.flatMap { Self.position($0, call) } ?? Timestamp(milliseconds: from)
        let window = start..<max(start, Timestamp(milliseconds: until))
        let sources = try sources(call)
        var found: [(source: LogSource, event: LogEvent)] = []
        for source in sources {
            try call.check()
            found += LogEvent.all(in: source.tail().bytes, within: window).map { (source, $0) }
        }
        if wants("ConfD") {
            let journal = LogSource(service: "ConfD", database: nil, path: "")
            found += LogEvent.all(in: try await Journal.lines(within: window, call), within: window).map {
                (journal, $0)
            }
        }
        if let levels {
            found.removeAll { !levels.contains($0.event.priority) }
        }
        guard found.count <= Self.most else {
            throw .refused(
                JobError(
                    .parameterInvalid,
                    "More than \(Self.most) events match: ask for a shorter time or for fewer services."))
        }
        if let bytes {
            let size = found.reduce(0) { $0 + $1.event.text.utf8.count + Self.frame }
            guard size <= bytes else {
                throw .refused(
                    JobError(
                        .parameterInvalid,
                        "The events that match have \(size) bytes, and \(bytes) are told of a node: ask for a shorter time, "
                            + "for fewer services or for fewer nodes at once."))
            }
        }
        if let position { try Self.keep(window.upperBound, at: position, call) }
        return found.sorted { $0.event.time < $1.event.time }.map { Event($0.event, of: $0.source) }
    }

    private func wants(_ service: String) -> Bool {
        services.contains { $0.lowercased() == service.lowercased() }
    }

    private func sources(_ call: ActionCall) throws(ActionError) -> [LogSource] {
        let all = try LogSource.all(of: call)
        let known = Set(all.map(\.service)).union(Journal.isUsed ? ["ConfD"] : []).sorted()
        guard known.contains(where: { wants($0) }) else {
            let names = known.isEmpty ? "nobody does" : known.joined(separator: ", ") + " do"
            throw .refused(JobError(.unsupported, "None of these services writes a log on this node; \(names)."))
        }
        return all.filter { source in
            guard wants(source.service) else { return false }
            guard let databases, let database = source.database else { return true }
            return databases.contains(database)
        }
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
}

extension LogCollect.Event {
    fileprivate init(_ event: LogEvent, of source: LogSource) {
        self.init(
            time: event.time.description, service: source.service, database: source.database,
            priority: event.priority, text: event.text)
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
