import GRDB
import JobEngine
import Values

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Rows of the journal of commands.
enum CommandRow {
    static let columns =
        "job_node, job, step, is_undo, generation, epoch, number, action, arguments, digest, begun_at"

    static func row(_ command: JournaledCommand) -> StatementArguments {
        let (key, order) = (command.key, command.order)
        return [
            key.job.node, key.job.number, key.step, key.isUndo, order.term.generation, order.term.epoch, order.number,
            command.action, Data(JSON.bytes(.map(command.arguments))), command.digest, command.begunAt.milliseconds,
        ]
    }

    /// One whose outcome cannot be read counts as not ended.
    static func command(_ row: Row) throws -> JournaledCommand {
        let arguments: Data = try row.at(8)
        let outcome: Data? = try row.at(11)
        let job = JobID(node: try row.at(0), number: try row.at(1))
        var command = JournaledCommand(
            CommandKey(job: job, step: try row.at(2), isUndo: try row.at(3)),
            order: CommandOrder(
                term: CommandTerm(generation: try row.at(4), epoch: try row.at(5)), number: try row.at(6)),
            action: try row.at(7), arguments: (try? JSON.parse(arguments))?.map ?? [:], digest: try row.at(9),
            begunAt: Timestamp(milliseconds: try row.at(10)))
        command.outcome = outcome.flatMap { try? JSON.parse($0) }.flatMap { CommandOutcome($0) }
        return command
    }

    @Sendable static func marks(_ database: Database) throws -> CommandMarks {
        let names = "generation, epoch, forgotten_generation, forgotten_epoch, forgotten_number"
        guard let row = try Row.fetchOne(database, sql: "SELECT \(names) FROM command_marks") else {
            return CommandMarks()
        }
        let term: (Int?, Int?) = (try row.at(0), try row.at(1))
        let forgotten: (Int?, Int?, Int?) = (try row.at(2), try row.at(3), try row.at(4))
        var marks = CommandMarks()
        if case (let generation?, let epoch?) = term {
            marks.term = CommandTerm(generation: generation, epoch: epoch)
        }
        if case (let generation?, let epoch?, let number?) = forgotten {
            marks.forgotten = CommandOrder(
                term: CommandTerm(generation: generation, epoch: epoch), number: number)
        }
        return marks
    }
}
