import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `debug_collect`: an archive on each node with what helps to find out what happened.
    package static let debugCollect = JobDefinition(
        name: "debug_collect", noun: "log", summary: "Collect debug information into a file.", mode: .read,
        permission: .databases, result: "List of dicts, one for each node: node, path, bytes; or node, reason.",
        work: .act { (context, document) throws(JobError) in
            let nodes = try LoggingNodes(context, in: document)
            let wish = try DebugRequest(context, in: document)
            let target = try DebugTarget(context, in: document)
            let deadline = Duration.seconds(context.arguments.int("timeout") ?? 1800)
            let commands = try nodes.commands { (node) throws(JobError) in
                try target.command(on: node, wish.content, isAlone: nodes.asked.count == 1, deadline: deadline)
            }
            return Plan(commands: commands) { (outputs) throws(JobError) in
                let (told, missing) = try nodes.answers(of: DebugCollect.self, outputs)
                let archives: [Value] = told.map { node, made in
                    ["node": .int(node), "path": .string(made.path), "bytes": .int(made.bytes)]
                }
                return .list(
                    archives + missing.map { node, why in ["node": .int(node), "reason": .string(why.message)] })
            }
        }
    ).with {
        $0.answer = .list(.debugArchive)
        $0.undoes = .undoes(of: DebugCollect.self)
        $0.help = """
            The archive is a `tar.gz`: logs, the newest jobs and revisions, the end of the audit log, the \
            configuration, facts on the machine. Passwords, tokens and keys are taken out; of core dumps only names and \
            sizes are told. On the node only the daemon's user can read it. As `outfile` a file in the folder of a \
            bucket is put there by the file service and can be read by whoever may read the bucket; \
            `remote:VOLUME,PATH` is a path of an archive volume. Nothing is overwritten, and the archive stays until \
            somebody removes it. A node that was away, or could not make one, is told with the reason; the job fails when no \
            node made one.
            """
        $0.optional = [
            Parameter("backtraces", .list, text: "Kinds of backtraces; none can be taken here.", shape: .names),
            Parameter(
                "debug_info", .list,
                text: "Kinds of information: EXAClusterOS logs, EXAStorage metadata, Coredumps; all by default.",
                shape: .list(.word(DebugRequest.kinds.keys.sorted()))),
            Parameter("end_date", .str, text: "Last day of logs, yyyy-mm-dd, UTC."),
            Parameter(
                "exasolution_log_type", .list,
                text: "Kinds of database logs: SQL processes, Server processes; both are in one log here.",
                shape: .names),
            Parameter("exasolution_logs", .list, text: "Databases; all by default.", shape: .names),
            Parameter("no_open_files", .bool, text: "Only logs nobody writes to any more."),
            Parameter(
                "nodes", .list, text: "Ids or names of nodes; all by default.", shape: .loggingNodes
            ),
            Parameter("only_open_files", .bool, text: "Only logs somebody writes to."),
            Parameter(
                "outfile", .str,
                text: "Where to write: a file in /exa/spool/debug, by default, or in a bucket, or remote:VOLUME,PATH.",
                example: "/exa/spool/debug/case-7.tar.gz"),
            Parameter("start_date", .str, text: "First day of logs, yyyy-mm-dd, UTC."),
            Parameter("timeout", .int, text: "Seconds at most.", default: 1800, range: 1...86_400),
        ]
        $0.example = ["debug_info": ["Coredumps"]]
    }
}

extension Shape {
    fileprivate static let debugArchive = Shape.object(
        "DebugArchive", text: "An archive on a node, or why there is none.",
        members: [
            .has("node", .int), .may("path", .str), .may("bytes", .int),
            .may("reason", .str, text: "Why there is none; absent where there is one."),
        ])
}
