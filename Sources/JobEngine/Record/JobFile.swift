import Values

/// A job as a text with sections, for people who want to know what happened: the form of ConfD's job files.
package struct JobFile: Sendable, CustomStringConvertible {
    private let record: JobRecord

    /// Shows the record as it stands; passwords were taken out of it when it was made.
    package init(_ record: JobRecord) {
        self.record = record
    }

    /// A section whose rows members of the record give.
    enum Section: String { case job = "Job", scheduling = "Scheduling", stages = "Stages", result = "Result" }

    /// The sections Job, Request, Scheduling, Stages, one for each command, and Result, with a blank line between them.
    package var description: String {
        let sections =
            [section(.job), request, section(.scheduling), section(.stages)] + record.commands.enumerated().map(command)
            + [section(.result, nodes)]
        return sections.joined(separator: "\n")
    }

    private func section(_ section: Section, _ further: [(String, String?)] = []) -> String {
        let rows = JobField.all.flatMap(\.rows).filter { $0.section == section }.map { ($0.title, $0.text(record)) }
        return self.section(section.rawValue, rows + further)
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

    private func command(_ index: Int, _ command: CommandRecord) -> String {
        section(
            "Command \(index + 1) : \(command.action)",
            [
                ("Node", String(command.node)), ("Arguments", JSON.text(.map(command.arguments))),
                ("Started", command.startedAt?.description), ("Ended", command.endedAt?.description),
                ("ExitCode", command.exitCode.map(String.init)), ("Output", command.output.map(JSON.text)),
                (
                    "StoredAnswer",
                    command.storedAnswer.map { record.place(ofAnswer: $0, of: index, on: command.node) }
                ), ("Message", command.message),
                ("Log", Self.text(command.log)), ("UndoLog", Self.text(command.undoLog)),
                ("TakenBack", command.undoneAt?.description),
            ])
    }

    private static func text(_ log: CommandLog) -> String? {
        log.lines.isEmpty ? nil : log.lines.map(\.text).joined(separator: "\n")
    }

    private var nodes: [(String, String?)] {
        record.acknowledgements.map { word in
            ("Node \(word.node)", Optional("\(word.state.rawValue)" + (word.at.map { " \($0)" } ?? "")))
        }
    }
}
