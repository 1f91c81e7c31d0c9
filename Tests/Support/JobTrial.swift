package import Access
package import EXAConf
package import JobEngine
package import Values

/// One job run by itself, without a scheduler: argument check, rights, then its work.
package struct JobTrial: Sendable {
    /// The configuration before and after.
    package let before: Document
    package let after: Document
    /// What the job answered.
    package let output: Value?
    /// What it would do on nodes; `nil` for a job that only answers or edits.
    package let plan: Plan?

    /// Runs a job.
    ///
    /// - Parameters:
    ///   - begun: When it was begun, for one that is begun anew.
    ///   - answers: What the commands of its plan answer.
    package init(
        _ definition: JobDefinition, _ parameters: [String: Value] = [:],
        on document: Document = FixtureCluster.document,
        as principal: Principal = FixtureCluster.administrator, cluster: ClusterStatus = FixtureCluster.status,
        now: Timestamp = FixtureCluster.now, begun: Timestamp? = nil, answers: [Value] = []
    ) throws(JobError) {
        let arguments = try ArgumentCheck.arguments(of: definition, from: parameters)
        let answer = definition.permission.permits(
            principal, owner: definition.owner(arguments, document),
            subject: definition.subject.flatMap { arguments.string($0) })
        guard case .permitted = answer else { throw JobError(.permissionDenied, "not permitted") }
        var context = JobContext(
            id: JobID(node: 11, number: 1), principal: principal, arguments: arguments, document: document,
            cluster: cluster, now: now, random: .counting())
        context.begun = begun
        var edited = document
        switch definition.work {
        case .answer(let work):
            output = try work(context)
            plan = nil
        case .look(let work):
            let made = try work(context)
            output = try made.output(answers)
            plan = made
        case .change(let work):
            output = try work(context, &edited)
            plan = nil
        case .act(let work):
            let made = try work(context, &edited)
            if !answers.isEmpty { try made.amend?(&edited, answers) }
            output = try made.output(answers)
            plan = made
        }
        // A job that answers what its documents do not tell is a bug, whichever test finds it.
        if let output, let error = (definition.answer?.faults(of: output, at: ["result"])).flatMap({ $0.first }) {
            throw JobError(.internal, "\(definition.name) answers what it does not say: \(error.text)")
        }
        try definition.requireNamedUndoes(of: plan)
        guard (try? Document(parsing: edited.text))?.root == edited.root else {
            throw JobError(.internal, "What \(definition.name) left cannot be read again.")
        }
        before = document
        // The engine drops what a job edited that does not change the configuration with these arguments.
        after = definition.changesConfiguration(arguments) ? edited : document
    }

    /// Lines that went (`- `) and came (`+ `), without indentation, in the order of the file.
    package var changes: [String] {
        let lines = UnifiedDiff(from: before.text, to: after.text, context: 0).description.split(separator: "\n")
        return lines.compactMap { line in
            guard line.first == "+" || line.first == "-", !line.hasPrefix("+++ "), !line.hasPrefix("--- ") else {
                return nil
            }
            return "\(line.prefix(1)) \(line.dropFirst().drop { $0 == " " })"
        }
    }
}
