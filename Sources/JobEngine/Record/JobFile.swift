import Values

/// A job as a text with sections, for people who want to know what happened: the form of ConfD's job files.
package struct JobFile: Sendable, CustomStringConvertible {
    private let record: JobRecord

    /// Shows the record as it stands; passwords were taken out of it when it was made.
    package init(_ record: JobRecord) {
        self.record = record
    }

    /// The sections Job, Request, Scheduling, Stages, one for each command, and Result, with a blank line between them.
    package var description: String {
        let sections = [job, request, scheduling, stages] + record.commands.enumerated().map(command) + [end]
        return sections.joined(separator: "\n")
    }

    private func section(_ title: String, _ lines: [(String, String?)]) -> String {
        let pairs = lines.compactMap { name, text in text.map { (name, $0) } }
        let width = pairs.map(\.0.count).max() ?? 0
        let body = pairs.map { name, text in
            "    \(name)\(String(repeating: " ", count: width - name.count)) = \(Self.indented(text))\n"
        }
        return "[\(title)]\n" + body.joined()
    }

    /// Further lines of a text stand below it, indented, so that no line of it can pass for a section or a key.
    private static func indented(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n        ")
    }

    private var job: String {
        section(
            "Job",
            [
                ("ID", record.id.description), ("Type", record.type), ("Mode", record.mode.rawValue),
                ("Stage", record.stage.rawValue), ("Outcome", record.outcome?.rawValue ?? "(not ended)"),
                ("Intent", record.intent), ("User", record.requester.name),
                ("UserID", record.requester.userID.map(String.init)),
                ("Roles", record.requester.roles.joined(separator: ", ")),
                ("Parameters", JSON.text(.map(record.parameters))),
            ])
    }

    private var request: String {
        let request = record.request
        let headers = request.headers.sorted { $0.key < $1.key }.map { ("Header \($0.key)", Optional($0.value)) }
        return section(
            "Request",
            [
                ("Dialect", request.dialect), ("Address", request.address),
                ("Line", request.method.isEmpty ? nil : "\(request.method) \(request.path)"),
                ("RequestID", request.requestID.isEmpty ? nil : request.requestID),
            ] + headers + [("Body", request.body.unlessNull.map(JSON.text))])
    }

    private var scheduling: String {
        section(
            "Scheduling",
            [
                ("Mode", record.scheduling.waits ? "synchronous" : "asynchronous"),
                ("IdempotencyKey", record.idempotencyKey),
                ("ExpectedRevision", record.expectedRevision.map(String.init)),
                ("BaseRevision", record.baseRevision.map(String.init)),
                ("Revision", record.revision.map(String.init)),
                ("WaitingFor", waiting),
                ("Cancel", record.cancellation?.rawValue),
            ])
    }

    private var waiting: String? {
        guard !record.waitingFor.isEmpty else { return nil }
        return record.waitingFor.map { obstacle in
            "\(obstacle.kind) \(obstacle.name)" + (obstacle.holder.map { " held by job \($0)" } ?? "")
        }.joined(separator: ", ")
    }

    private var stages: String {
        section("Stages", Stage.allCases.map { ($0.rawValue, record.times[$0]?.description) })
    }

    private func command(_ index: Int, _ command: CommandRecord) -> String {
        section(
            "Command \(index + 1) : \(command.action)",
            [
                ("Node", String(command.node)), ("Arguments", JSON.text(.map(command.arguments))),
                ("Started", command.startedAt?.description), ("Ended", command.endedAt?.description),
                ("ExitCode", command.exitCode.map(String.init)), ("Output", command.output.map(JSON.text)),
                ("Message", command.message),
                ("Log", Self.text(command.log)), ("UndoLog", Self.text(command.undoLog)),
                ("TakenBack", command.undoneAt?.description),
            ])
    }

    private static func text(_ log: CommandLog) -> String? {
        log.lines.isEmpty ? nil : log.lines.map(\.text).joined(separator: "\n")
    }

    private var end: String {
        let nodes = record.acknowledgements.map { word in
            ("Node \(word.node)", Optional("\(word.state.rawValue)" + (word.at.map { " \($0)" } ?? "")))
        }
        return section(
            "Result",
            [
                ("Ended", record.endedAt?.description), ("Code", record.result.map { String($0.code) }),
                ("Name", record.result?.name), ("Description", record.result?.text),
                ("Output", record.result?.output.map(JSON.text)),
            ] + nodes)
    }
}
