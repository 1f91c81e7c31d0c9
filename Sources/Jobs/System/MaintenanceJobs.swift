import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `maintenance_start`: nothing is started by itself on a node, or of a database, and nobody is alarmed, until a time.
    package static let maintenanceStart = JobDefinition(
        name: "maintenance_start", noun: "system", summary: "Begin maintenance of a node or a database.", mode: .read,
        permission: .databases, result: "When it ends by itself, RFC 3339.",
        work: .act { (context, document) throws(JobError) in
            let subject = try context.givenSubject(in: document)
            let reason = try context.arguments.required("reason")
            guard (1...JobRequest.longestIntent).contains(reason.unicodeScalars.count) else {
                throw .invalid("reason", "'reason': 1 to \(JobRequest.longestIntent) characters are allowed.")
            }
            let seconds = context.arguments.int("duration") ?? usual
            let end = context.now.advanced(by: .seconds(seconds))
            var plan = Plan { (_) throws(JobError) in .string(end.description) }
            plan.maintenance = .begin(subject, until: end, reason: reason)
            return plan
        }
    ).with {
        $0.answer = .str
        $0.help = """
            Until it ends a database that crashes is not started again, none is started by itself with its node, backup \
            schedules of it make no jobs, and what watches databases and nodes says so instead of an alarm. Jobs that are \
            asked for run as ever. Of a node it counts for all databases that live there. It ends by itself, or by \
            `maintenance_end`; begun again it is as long as that says. Every node knows it, and it outlives restarts.
            """
        $0.mandatory = [
            .maintainedNode, Parameter("reason", .str, text: "What for; everybody who may log in reads it."),
        ]
        $0.optional = [
            .maintainedDatabase,
            Parameter(
                "duration", .int, text: "Seconds after which it ends by itself.", default: .int(usual),
                range: 1...Int(Maintenance.longest.components.seconds)),
        ]
        $0.substitutes = subjectStandIns
        $0.suspendsNodes = true
        $0.recovery = .restart
        $0.example = ["nid": 12, "reason": "new disks"]
    }

    /// `maintenance_end`: what was held back by maintenance goes on.
    package static let maintenanceEnd = JobDefinition(
        name: "maintenance_end", noun: "system", summary: "End maintenance of a node or a database.", mode: .read,
        permission: .databases, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            var plan = Plan()
            // One of something that was removed meanwhile ends as well.
            plan.maintenance = .end(try context.subject())
            return plan
        }
    ).with {
        $0.help = "Without maintenance nothing changes. A crashed database that was to run is started then."
        $0.mandatory = [.maintainedNode]
        $0.optional = [.maintainedDatabase]
        $0.substitutes = subjectStandIns
        $0.suspendsNodes = true
        $0.recovery = .restart
        $0.example = ["nid": 12]
    }

    private static let usual = Int(Maintenance.usual.components.seconds)
    private static let subjectStandIns = ["nid": ["db_name"]]
}

extension Parameter {
    fileprivate static let maintainedNode = Parameter("nid", .int, text: "Id of the node.", example: 12)
    fileprivate static let maintainedDatabase = Parameter("db_name", .str, text: "Name of the database.")
}

extension JobContext {
    /// What the arguments name.
    fileprivate func subject() throws(JobError) -> Maintenance.Subject {
        if let node = arguments.int("nid") {
            guard arguments["db_name"] == nil else {
                throw .invalid("db_name", "'db_name': give a node or a database, not both.")
            }
            return .node(node)
        }
        return .database(try arguments.required("db_name"))
    }

    /// - Throws: ``JobError/Code/objectMissing`` for one that is not there.
    fileprivate func givenSubject(in document: Document) throws(JobError) -> Maintenance.Subject {
        let subject = try subject()
        switch subject {
        case .node(let node): _ = try document.given(node: node)
        case .database(let name): _ = try document.given(database: name)
        }
        return subject
    }
}
