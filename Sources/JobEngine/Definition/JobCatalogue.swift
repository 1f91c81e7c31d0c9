/// The jobs this daemon serves, by name.
package struct JobCatalogue: Sendable {
    private let definitions: [String: JobDefinition]
    /// All names, sorted.
    package let names: [String]

    /// - Parameter definitions: Of two with one name the later one counts.
    package init(_ definitions: [JobDefinition]) {
        self.definitions = Dictionary(definitions.map { ($0.name, $0) }) { _, later in later }
        names = self.definitions.keys.sorted()
    }

    /// The definition of a name.
    ///
    /// - Throws: ``JobError/Code/jobTypeUnknown``, worded as ConfD's command line words it.
    package func definition(_ name: String) throws(JobError) -> JobDefinition {
        guard let definition = definitions[name] else {
            throw JobError(.jobTypeUnknown, "Job does not exist: '\(name.prefix(100))'")
        }
        return definition
    }

    /// All definitions, sorted by name.
    package var all: [JobDefinition] { names.compactMap { definitions[$0] } }
}
