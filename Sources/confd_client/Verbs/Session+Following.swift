import NIOHTTP1
import Values

extension Session {
    /// Prints what happens; ends with the job when there is one.
    ///
    /// - Throws: ``Failure`` for a job that did not end well, or has not ended when the stream does.
    func watch(_ id: String?) async throws(Failure) {
        guard let id else {
            _ = try await follow("/events")
            return
        }
        let wasShown = try await follow("/jobs/\(try id.pathPart)/events")
        let job = try await ended(id)
        // It may have ended long ago, when its events are no longer kept.
        if !wasShown { print(event: Self.end(of: job)) }
        if job["result"]?["result_code"]?.int != 0 { throw await failure(job["result"], job) }
    }

    /// Prints the events at a path; answers whether there were any.
    private func follow(_ path: String) async throws(Failure) -> Bool {
        var wasShown = false
        try await daemon.lines(path) { text throws(Failure) in
            guard let event = try? JSON.parse(text, limits: .generous), event.map != nil else { return true }
            if let kind = event["event"]?.string {
                if kind == "problem" { throw Failure("The login has ended; the stream is over.", .denied) }
                return kind != "end"
            }
            print(event: event)
            wasShown = true
            return true
        }
        return wasShown
    }

    /// How a job ended, as the event of that would have told it.
    private static func end(of job: Value) -> Value {
        var members: [String: Value] = ["type": .string("job.ended"), "time": job["ended_at"] ?? .null]
        for name in ["job_id", "outcome", "error_code"] { members[name] = job[name] }
        members["job_type"] = job["type"]
        return .map(members)
    }

    private func print(event: Value) {
        Terminal.write(line.form == .json ? SpacedJSON.text(event) + "\n" : Self.text(ofEvent: event, on: display))
    }

    /// The time, the kind and the facts of an event; on a terminal the time is that of the clocks of here.
    static func text(ofEvent event: Value, on display: Display) -> String {
        let common: Set = ["time", "type", "seq", "id"]
        let facts = (event.map ?? [:]).filter { !common.contains($0.key) && $0.value != .null }
        let text = facts.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.plain ?? SpacedJSON.text($0.value))" }
        let time = event["time"]?.string ?? ""
        let head = [Timestamp(time).map(display.clock) ?? time, (event["type"]?.string ?? "").padded(to: 15)]
        return (head + text).joined(separator: " ") + "\n"
    }

    /// Prints what a job's commands said; follows until its end when asked to.
    func logs(_ id: String) async throws(Failure) {
        let path = "/jobs/\(try id.pathPart)/log"
        var after = 0
        while true {
            let page = try await daemon.value(.GET, "\(path)?after=\(after)\(line.follows ? "&wait=300s" : "")")
            let lines = page["lines"]?.list ?? []
            for entry in lines {
                Terminal.write(
                    line.form == .json ? SpacedJSON.text(entry) + "\n" : (entry["text"]?.string ?? "") + "\n")
            }
            after = page["next_after"]?.int ?? after
            if page["complete"]?.bool == true || lines.isEmpty && !line.follows { return }
        }
    }

    static let historyFilters = ["since", "until", "user", "kind", "object"]

    /// Prints what happened, newest first.
    func history() async throws(Failure) {
        let order = try Order(line, names: Self.historyFilters)
        guard order.words.isEmpty else { throw Parameters.notPairs }
        var query = "limit=\(line.limit ?? 20)" + order.query(["user": "user", "kind": "kind", "object": "object"])
        for name in ["since", "until"] {
            if let moment = try order.moment(name, .back, on: display) { query += "&\(name)=\(moment.queryValue)" }
        }
        let page = try await daemon.value(.GET, "/history?\(query)")
        for missing in page["missing"]?.list ?? [] {
            let (node, reason) = (missing["node"]?.plain ?? "", missing["reason"]?.plain ?? "")
            Terminal.writeError("without the audit records of node \(node): \(reason)\n")
        }
        let items = page["items"]?.list ?? []
        if items.isEmpty, let object = order.texts("object").first(where: { !$0.contains(":") }) {
            Terminal.writeError(
                "An object is kind and name: object: db:\(object), or user:, volume:, node: and the like.\n")
        }
        let columns = ["time", "node", "kind", "user", "what", "outcome"]
        // Of a single node there is nothing to be told apart.
        let isOfOne = Set(items.compactMap { $0["node"]?.int }).count < 2
        try show(items, in: columns.filter { $0 != "node" || !isOfOne }, row: Self.row(ofEntry:))
    }

    /// What happened, in the words of a line.
    private static func row(ofEntry item: Value) -> [String: Value] {
        let what = [item["type"], item["job_id"], item["revision"], item["detail"]].compactMap { $0?.plain }
        return ["what": .string(what.joined(separator: " "))]
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
