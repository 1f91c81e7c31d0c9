import JobEngine
import Values

/// The form commands and what comes of them have between nodes. What members are called never changes.
enum CommandForm {
    /// One line of what a node says of a command.
    enum Line: Sendable, Hashable {
        /// It says something of itself; numbers count from 1.
        case report(Int, CommandReport)
        /// It goes on.
        case alive
        case ended(CommandOutcome)
        case fault(PeerFault)
    }

    /// What a node knows of a command.
    enum Known: Sendable, Hashable {
        case nothing
        case running
        case ended(CommandOutcome)
    }

    // MARK: Asking

    /// - Parameter heard: The number of the last thing that was heard of it.
    static func value(of asked: AskedCommand, heard: Int) -> Value {
        let command = asked.command
        return .members([
            "action": .string(command.action), "node": .int(command.node), "arguments": .map(command.arguments),
            "secrets": .strings(command.secrets.sorted()),
            "secret_answers": .strings(command.secretAnswers.sorted()),
            "kept": command.isKept ? true : nil, "repeatable": command.isRepeatable ? true : nil,
            "deadline": .int(Int(command.deadline / .milliseconds(1))), "heard": .int(heard),
            "key": value(of: asked.key), "order": value(of: asked.order), "term": value(of: asked.term),
        ])
    }

    /// The command, and the number of the last thing that was heard of it; `nil` for what is none.
    static func asked(_ value: Value) -> (command: AskedCommand, heard: Int)? {
        guard let action = value["action"]?.string, let node = value["node"]?.int,
            let arguments = value["arguments"]?.map, let (key, order, term) = names(value),
            let deadline = value["deadline"]?.int, (0...Self.longest).contains(deadline)
        else { return nil }
        var command = Command(
            action, on: node, arguments, secrets: texts(value["secrets"]), deadline: .milliseconds(deadline))
        command.isUndo = key.isUndo
        command.isKept = value["kept"]?.bool ?? false
        command.isRepeatable = value["repeatable"]?.bool ?? false
        command.secretAnswers = texts(value["secret_answers"])
        return (
            AskedCommand(command, job: key.job, step: key.step, order: order, term: term), value["heard"]?.int ?? 0
        )
    }

    // A year, in milliseconds.
    private static let longest = 31_536_000_000

    private static func texts(_ value: Value?) -> Set<String> { Set((value?.list ?? []).compactMap(\.string)) }

    /// What names a command in a question about it.
    static func names(of asked: AskedCommand) -> Value {
        ["key": value(of: asked.key), "order": value(of: asked.order), "term": value(of: asked.term)]
    }

    static func names(_ value: Value) -> (key: CommandKey, order: CommandOrder, term: CommandTerm)? {
        // Nobody repeats a request of a term that is still to come.
        guard let key = key(value["key"]), let order = order(value["order"]), let term = term(value["term"]),
            order.term <= term
        else { return nil }
        return (key, order, term)
    }

    private static func value(of key: CommandKey) -> Value {
        ["job": .string(key.job.description), "step": .int(key.step), "undo": .bool(key.isUndo)]
    }

    private static func key(_ value: Value?) -> CommandKey? {
        guard let job = value?["job"]?.string.flatMap({ JobID($0) }), let step = value?["step"]?.int, step >= 0,
            let isUndo = value?["undo"]?.bool
        else { return nil }
        return CommandKey(job: job, step: step, isUndo: isUndo)
    }

    private static func value(of order: CommandOrder) -> Value {
        ["term": value(of: order.term), "number": .int(order.number)]
    }

    private static func order(_ value: Value?) -> CommandOrder? {
        guard let term = term(value?["term"]), let number = value?["number"]?.int else { return nil }
        return CommandOrder(term: term, number: number)
    }

    private static func value(of term: CommandTerm) -> Value {
        ["generation": .int(term.generation), "epoch": .int(term.epoch)]
    }

    private static func term(_ value: Value?) -> CommandTerm? {
        guard let generation = value?["generation"]?.int, let epoch = value?["epoch"]?.int else { return nil }
        return CommandTerm(generation: generation, epoch: epoch)
    }

    // MARK: Answering

    static func value(of line: Line) -> Value {
        switch line {
        case .report(let number, .line(let text)): ["number": .int(number), "log": .string(text)]
        case .report(let number, .progress(let progress)):
            ["number": .int(number), "percent": .int(progress.percent), "text": .string(progress.text)]
        case .alive: ["alive": true]
        case .ended(let outcome): ["outcome": outcome.value]
        case .fault(let fault): ["fault": .string(fault.code.rawValue), "text": .string(fault.message)]
        }
    }

    /// `nil` for what is none.
    static func line(_ value: Value) -> Line? {
        if let told = value["outcome"] { return CommandOutcome(told).map(Line.ended) }
        if let code = value["fault"]?.string.flatMap(PeerFault.Code.init) {
            return .fault(PeerFault(code, value["text"]?.string ?? ""))
        }
        if value["alive"] == true { return .alive }
        guard let number = value["number"]?.int else { return nil }
        if let text = value["log"]?.string { return .report(number, .line(text)) }
        guard let percent = value["percent"]?.int, let text = value["text"]?.string else { return nil }
        return .report(number, .progress(CommandProgress(percent: percent, text: text)))
    }

    static func value(of known: Known) -> Value {
        switch known {
        case .nothing: ["state": "unknown"]
        case .running: ["state": "running"]
        case .ended(let outcome): ["state": "ended", "outcome": outcome.value]
        }
    }

    /// `nil` for what is none.
    static func known(_ value: Value) -> Known? {
        switch value["state"] {
        case "unknown": .nothing
        case "running": .running
        case "ended": value["outcome"].flatMap { CommandOutcome($0) }.map(Known.ended)
        default: nil
        }
    }
}
