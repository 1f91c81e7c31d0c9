import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `db_list`: names of the databases, in the order of the file.
    package static let dbList = JobDefinition(
        name: "db_list", noun: "database", summary: "Names of all databases.", mode: .read,
        permission: .databasesAndUsers, result: "List of names.",
        work: .answer { (context) throws(JobError) in .strings(context.document.databases.map(\.name)) }
    ).with { $0.answer = .names }
}
