import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `log_collect`: events of the logs of nodes.
    package static let logCollect = JobDefinition(
        name: "log_collect", noun: "log", summary: "Events of logs that match.", mode: .read,
        permission: .databases,
        result:
            "List of dicts, by time: time, node, service, database, priority, text; timestamp and message once more.",
        work: .look { (context) throws(JobError) in
            let document = context.document
            let nodes = try LoggingNodes(context, in: document)
            for name in try context.arguments.strings("dbs") ?? [] { _ = try document.given(database: name) }
            let window = try context.logWindow()
            var collect = LogCollect(
                services: try context.arguments.strings("services") ?? [],
                within: window.lowerBound.milliseconds..<window.upperBound.milliseconds)
            collect.databases = try context.arguments.strings("dbs")
            collect.levels = try context.logLevels()
            collect.tag = try context.logTag()
            if nodes.asked.count > 1 { collect.bytes = mostBytes / nodes.asked.count }
            let command = collect
            let (own, now) = (context.cluster.ownNode, context.now)
            let commands = try nodes.commands { (node) throws(JobError) in
                try Command(command, on: node, deadline: node == own ? .seconds(120) : JobContext.longestLook)
            }
            return Plan(commands: commands) { (outputs) throws(JobError) in
                let (told, missing) = try nodes.answers(of: LogCollect.self, outputs)
                // What is wrong with the question is told as such.
                if let fault = missing.first(where: { $0.why.code == .parameterInvalid }) { throw fault.why }
                // One that has none of these logs is not missed where another has some.
                return .list(merged(told, without: missing.filter { $0.why.code != .unsupported }, at: now))
            }
        }
    ).with {
        $0.answer = .list(.logEvent)
        $0.help = """
            The services are `ConfD` (this daemon), `DWAd` (databases) and the names in `/exa/logs`; others have no \
            events. Times without an offset are UTC, as those of the events; the last second counts when it is over. \
            At most 10,000 events are told at once, and of several nodes 1 MB. \
            For a node that was away or did not answer within 5 s there is an event `ERR` that says so. \
            With a `tag` each call goes on where the one before ended, whatever times it gives.
            """
        $0.mandatory = [Parameter("services", .list, text: "Services.", shape: .names, example: ["ConfD", "DWAd"])]
        $0.optional = [
            Parameter("dbs", .list, text: "Databases; all by default.", shape: .names),
            Parameter(
                "default_interval", .str, text: "How far back without a start: weeks, days, hours, minutes, seconds.",
                default: "10m", example: "1h 30m"),
            Parameter("end_time", .str, text: "Another name of stop_time."),
            Parameter(
                "error_level", .str,
                text:
                    "The least severe priority that counts: ERR, WARN, NOTICE or INFO; of several, comma separated, the last.",
                example: "WARN"),
            Parameter(
                "nodes", .list, text: "Ids or names of nodes; all by default.", shape: .loggingNodes
            ),
            Parameter("start_time", .str, text: "From, YYYY-MM-DD hh:mm:ss or RFC 3339."),
            Parameter("stop_time", .str, text: "Until, YYYY-MM-DD hh:mm:ss or RFC 3339."),
            Parameter("tag", .str, text: "Name of a reading position, made by the first call that names it."),
        ]
        $0.substitutes = ["stop_time": ["end_time"], "end_time": ["stop_time"]]
        $0.recovery = .restart
        $0.example = ["services": ["ConfD", "DWAd", "HealthD"], "default_interval": "1h", "error_level": "ERR,WARN"]
    }

    /// What all nodes together tell at most, in bytes: less than one answer of a command may have.
    private static let mostBytes = 1_000_000

    private static func merged(
        _ told: [(node: Int, answer: [LogCollect.Event])], without missing: [(node: Int, why: JobError)],
        at now: Timestamp
    ) -> [Value] {
        let gaps = missing.map { node, why in
            (
                node,
                LogCollect.Event(
                    time: now.description, service: "ConfD", database: nil, priority: "ERR",
                    text: "The logs of node \(node) are not among these: \(why.message)")
            )
        }
        let events = told.flatMap { node, events in events.map { (node, $0) } }
        let ordered = told.count == 1 ? events : events.sorted { $0.1.time < $1.1.time }
        return (ordered + gaps).map { node, event in
            // Published readers know time and text by other names.
            .members([
                "time": .string(event.time), "timestamp": .string(event.time), "node": .int(node),
                "service": .string(event.service), "database": event.database.map(Value.string),
                "priority": .string(event.priority), "text": .string(event.text), "message": .string(event.text),
            ])
        }
    }
}

extension JobContext {
    /// From the start, or so long before the end, until the end.
    fileprivate func logWindow() throws(JobError) -> Range<Timestamp> {
        let stop = try moment(arguments["end_time"] == nil ? "stop_time" : "end_time", by: .utc)
        let end = stop ?? Timestamp(milliseconds: now.milliseconds / 1000 * 1000)
        guard let span = TimeSpan(arguments.string("default_interval") ?? "10m"), span.seconds < 1 << 33 else {
            throw .invalid("default_interval", "'default_interval': give a time like '1h 30m', or seconds.")
        }
        let start =
            try moment("start_time", by: .utc) ?? Timestamp(milliseconds: end.milliseconds - span.seconds * 1000)
        guard start <= end else {
            throw .invalid("start_time", "'start_time' lies behind the end of the time that is asked for.")
        }
        return start..<end
    }

    fileprivate func logLevels() throws(JobError) -> [String]? {
        guard let text = arguments.string("error_level") else { return nil }
        let all = ["ERR", "WARN", "NOTICE", "INFO"]
        let places = text.split(separator: ",").map { word in
            all.firstIndex(of: word.filter { $0 != " " }.uppercased())
        }
        guard let last = places.compactMap({ $0 }).max(), !places.contains(nil) else {
            throw .invalid("error_level", "'error_level': give some of ERR, WARN, NOTICE, INFO, with commas between.")
        }
        return Array(all[...last])
    }

    fileprivate func logTag() throws(JobError) -> String? {
        guard let tag = arguments.string("tag") else { return nil }
        guard (1...100).contains(tag.utf8.count), tag.utf8.allSatisfy({ Self.isPlain($0) }) else {
            throw .invalid("tag", "'tag': give up to 100 letters, digits, '_' and '-'.")
        }
        return tag
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "_-".utf8.contains(byte)
        }
    }
}

extension Shape {
    fileprivate static let logEvent = Shape.object(
        "LogEvent", text: "A line of a log, and those that belong to it.",
        members: [
            .has("time", .str), .has("node", .int), .has("service", .str), .may("database", .str),
            .has("priority", .word(["ERR", "WARN", "NOTICE", "INFO"])), .has("text", .str),
            .has("timestamp", .str, text: "The same as time."), .has("message", .str, text: "The same as text."),
        ])
}
