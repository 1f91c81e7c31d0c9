import EXAConf
import JobEngine
import NodeCommands
import Values

/// The nodes whose logs a job asks for.
struct LoggingNodes: Sendable {
    /// Those that are asked.
    let asked: [Int]
    /// Those that are meant as well and cannot be reached.
    let away: [Int]

    /// Those of `nodes`, or all there are.
    ///
    /// - Throws: ``JobError`` for a node the configuration does not have, and when none of those that are given can be reached.
    init(_ context: JobContext, in document: Document) throws(JobError) {
        guard context.arguments["nodes"] != nil else {
            (asked, away) = (context.reachableNodes, context.absentMembers)
            return
        }
        var nodes: [Int] = []
        for value in context.arguments.list("nodes") ?? [] {
            let id = try Self.node(value, in: document)
            if !nodes.contains(id) { nodes.append(id) }
        }
        let reachable = Set(context.reachableNodes)
        (asked, away) = (nodes.filter { reachable.contains($0) }, nodes.filter { !reachable.contains($0) })
        guard asked.isEmpty else { return }
        let names = away.map { String($0) }.joined(separator: ", ")
        throw JobError(.objectBusy, "Node \(names) cannot be reached now.", details: ["nodes": .ints(away)])
    }

    /// The node of an id, as a number or a text, or of a name.
    private static func node(_ value: Value, in document: Document) throws(JobError) -> Int {
        if let text = value.string, let id = document.node(named: text)?.id { return id }
        guard let id = value.int ?? value.string.flatMap({ Int($0) }) else {
            throw .missing("node \((value.string ?? "").echoed)")
        }
        _ = try document.given(node: id)
        return id
    }

    /// A command for each of those that are asked, side by side. Of several each one may fail by itself.
    func commands(_ make: (Int) throws(JobError) -> Command) throws(JobError) -> [Command] {
        try asked.map { (node) throws(JobError) in
            var command = try make(node)
            command.isOptional = asked.count > 1
            return command
        }.sideBySide
    }

    /// What those that were asked answered, and why others did not, by node.
    ///
    /// - Throws: ``JobError`` of the first of them when none did.
    func answers<Answered: NodeCommand>(
        of kind: Answered.Type, _ outputs: [Value]
    ) throws(JobError) -> (told: [(node: Int, answer: Answered.Answer)], missing: [(node: Int, why: JobError)]) {
        var told: [(node: Int, answer: Answered.Answer)] = []
        var missing: [(node: Int, why: JobError)] = []
        for (node, output) in zip(asked, outputs) {
            if let unanswered = Unanswered(output) {
                missing.append((node, unanswered.error))
            } else {
                told.append((node, try Answered.answer(output)))
            }
        }
        if told.isEmpty, let first = missing.first { throw first.why }
        return (told, missing + away.map { ($0, JobError(.objectBusy, "It is away.")) })
    }
}

extension Shape {
    /// Nodes as jobs on logs take them.
    static let loggingNodes = Shape.list(.idOrName, count: 1...Int.max)
}
