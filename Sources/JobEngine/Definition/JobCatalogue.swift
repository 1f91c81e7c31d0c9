package import Access
import Values

/// The jobs this daemon serves, by name.
package struct JobCatalogue: Sendable {
    private let definitions: [String: JobDefinition]
    /// Jobs that are installed but cannot be served, with the reason.
    package let unusable: [String: String]
    /// All names, sorted.
    package let names: [String]
    /// The groups whose members may run some job.
    package let groups: Set<String>
    private let longCallers: Set<Permission>
    /// Tells one catalogue of a running daemon from the one before it.
    package let edition: Int

    /// - Parameters:
    ///   - definitions: Of two with one name the first counts.
    ///   - unusable: Names of jobs that are installed but cannot be served, with the reason.
    ///   - edition: 0 for what is built in.
    package init(_ definitions: [JobDefinition], unusable: [String: String] = [:], edition: Int = 0) {
        self.definitions = Dictionary(definitions.map { ($0.name, $0) }) { first, _ in first }
        self.unusable = unusable
        self.edition = edition
        names = self.definitions.keys.sorted()
        groups = Set(self.definitions.values.flatMap(\.permission.groups))
        longCallers = Set(self.definitions.values.filter(\.takesLongArguments).map(\.permission))
    }

    /// Whether somebody may run a job whose arguments may be long.
    package func takesLongCalls(of principal: Principal) -> Bool {
        longCallers.contains { $0.permits(principal) == .permitted }
    }

    /// The definition of a name.
    ///
    /// - Throws: ``JobError/Code/jobTypeUnknown``, worded as ConfD's command line words it, with the reason where the
    ///   job is installed and cannot be used.
    package func definition(_ name: String) throws(JobError) -> JobDefinition {
        if let definition = definitions[name] { return definition }
        let reason = unusable[name].map { ", because its folder in jobs.d cannot be used: \($0)" } ?? ""
        throw JobError(.jobTypeUnknown, "Job does not exist: '\(name.echoed)'\(reason)")
    }

    /// All definitions, sorted by name.
    package var all: [JobDefinition] { names.compactMap { definitions[$0] } }

    /// The same jobs and others, the next edition.
    ///
    /// - Parameter others: A name that is taken stays what it is.
    package func joined(
        by others: [JobDefinition], unusable: [String: String], edition: Int
    ) -> JobCatalogue {
        JobCatalogue(all + others, unusable: unusable, edition: edition)
    }
}
