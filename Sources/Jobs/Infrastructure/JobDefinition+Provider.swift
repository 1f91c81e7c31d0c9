import Access
import EXAConf
import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// A job that the infrastructure provider does, as docs/providers.md describes it: the verb is the job's name.
    ///
    /// - Parameter isQuery: Whether it only looks: then it may run beside others and start over after a restart.
    static func provided(
        _ name: String, noun: String, summary: String, mode: JobMode, permission: Permission, isQuery: Bool = false
    ) -> JobDefinition {
        let plan: @Sendable (JobContext) throws(JobError) -> Plan = { (context) throws(JobError) in
            let document = context.document
            try context.requireKnownObjects(in: document)
            let definition = try JobCatalogue.confd.definition(name)
            return Plan(commands: [try context.asking(definition, in: document)]) { (answers) throws(JobError) in
                try ProviderAsk.answer(answers.first).unlessNull
            }
        }
        return JobDefinition(
            name: name, noun: noun, summary: summary, mode: mode, permission: permission,
            result: "What the provider answers.",
            work: isQuery ? .look(plan) : .act { (context, _) throws(JobError) in try plan(context) }
        ).with {
            $0.help = "Done by the executable the setting `provider.path` names; declined where there is none."
            $0.takesKeys = true
            $0.locks = { _ in isQuery ? [] : [.exclusive("infrastructure")] }
            $0.recovery = isQuery ? .restart : .fail
        }
    }
}

extension JobContext {
    /// Whether the nodes and databases the provider is asked about are those of this cluster.
    fileprivate func requireKnownObjects(in document: Document) throws(JobError) {
        for name in ["db_name", "master_db_name"] {
            guard let database = arguments.string(name) else { continue }
            _ = try document.given(database: database)
        }
        if let model = arguments.int("nid") { _ = try document.given(node: model) }
        if arguments["nids"] != nil { _ = try givenNodes(in: document, parameter: "nids") }
    }

    /// The command that hands a job over to the provider, with the defaults the caller left to us.
    fileprivate func asking(_ definition: JobDefinition, in document: Document) throws(JobError) -> Command {
        let parameters = arguments.completed(for: definition.parameters)
        let timeout = parameters["timeout"]?.int ?? 3540
        let ask = ProviderAsk(definition.name, parameters: parameters, cluster: document.facts(in: cluster))
        var command = try Command(ask, on: cluster.ownNode, deadline: .seconds(timeout + 60))
        command.secrets = Set(parameters.values.flatMap(\.secretKeys))
        return command
    }
}
