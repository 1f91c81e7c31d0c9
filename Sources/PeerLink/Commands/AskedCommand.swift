import Certificates
import JobEngine
import Values

/// A command that somebody asks this node for, with what says whether it is the same as another one.
struct AskedCommand: Sendable {
    let command: Command
    let key: CommandKey
    let order: CommandOrder
    /// Who decides now, by who asks: its own term may be a later one than that in which the command was asked for first.
    let term: CommandTerm

    init(_ command: Command, job: JobID, step: Int, order: CommandOrder, term: CommandTerm) {
        self.command = command
        key = CommandKey(job: job, step: step, isUndo: command.isUndo)
        (self.order, self.term) = (order, term)
    }

    /// A command of a dry run, which is no job: it is not kept, and nothing can be asked about it.
    var isKept: Bool { key.job.number != 0 }

    /// How it is written down as it begins.
    ///
    /// - Parameter secret: Known to this process alone.
    func journaled(at time: Timestamp, secret: [UInt8]) -> JournaledCommand {
        JournaledCommand(
            key, order: order, action: command.action, arguments: kept, digest: digest(secret), begunAt: time)
    }

    /// Equal for commands that are to do the same.
    ///
    /// Secrets count by a digest with a key that no file has, since short passwords can be guessed from any other: after a
    /// restart a command with secrets equals none of before.
    func digest(_ secret: [UInt8]) -> String {
        func bytes(_ arguments: [String: Value]) -> [UInt8] {
            JSON.bytes([
                "action": .string(command.action), "node": .int(command.node), "arguments": .map(arguments),
            ])
        }
        let open = Digest.sha256Hex(bytes(kept))
        if kept == command.arguments { return open }
        return "\(open)-\(Hex.text(HMAC.sha256(key: secret, message: bytes(command.arguments))))"
    }

    private var kept: [String: Value] { command.arguments.redacting(command.secrets) }
}

extension CommandOutcome {
    /// So many bytes an answer may have as JSON: it goes into the log of the cluster with its job. A longer one is in a file.
    static let mostBytes = 1 << 20

    /// What may be written down of it: one with secrets in it is not known any more after a restart.
    func kept(of command: Command) -> CommandOutcome {
        let secrets = command.clearSecrets
        func masked(_ text: String) -> String {
            secrets.reduce(Secret.masked(text)) { $0.replacing($1, with: Secret.mask) }
        }
        switch self {
        case .ok(let answer):
            let text = JSON.text(answer)
            let isOpen =
                answer.redacting(members: command.secretAnswers.union(command.secrets)) == answer
                && !secrets.contains { text.contains(JSON.text(.string($0)).dropFirst().dropLast()) }
            if isOpen { return self }
            return .lost("Its answer held secrets, which are not kept when the daemon is restarted.")
        case .failed(let code, let message): return .failed(code: code, message: masked(message))
        case .lost(let message): return .lost(masked(message))
        case .refused(let error):
            let details = JSON.text(error.told)
            guard secrets.contains(where: details.contains) else { return self }
            return .refused(JobError(error.code, masked(error.message)))
        case .stored, .timedOut, .cancelled: return self
        }
    }
}

extension Command {
    /// Texts among its arguments that must not be seen, the longest first. What is shorter than four characters is in
    /// any text, and says nothing.
    var clearSecrets: [String] {
        let hidden = Value.map(arguments.redacting(secrets)).texts
        return Value.map(arguments).texts.subtracting(hidden).filter { $0.utf8.count >= 4 }.sorted {
            ($0.utf8.count, $0) > ($1.utf8.count, $1)
        }
    }
}

extension Value {
    /// All texts in it.
    fileprivate var texts: Set<String> {
        switch self {
        case .string(let text): [text]
        case .list(let elements): elements.reduce(into: []) { $0.formUnion($1.texts) }
        case .map(let members): members.values.reduce(into: []) { $0.formUnion($1.texts) }
        default: []
        }
    }
}
