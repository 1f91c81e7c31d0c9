import JobEngine

/// Which members of each job a list shows.
struct JobFields {
    /// `nil` for all.
    private let names: Set<String>?

    /// - Throws: ``Problem`` for a name that is no member of a job.
    init(_ query: Query) throws(Problem) {
        let asked = query.all("fields").flatMap { $0.split(separator: ",").map(String.init) }
        if asked.isEmpty {
            names = nil
            return
        }
        let unknown = asked.filter { Schema.jobMembers[$0] == nil }
        if !unknown.isEmpty {
            let shown = unknown.prefix(5).map { "'\($0.prefix(60))'" }.joined(separator: ", ")
            let text =
                "\(shown) cannot stand in 'fields'; known: \(Schema.jobMembers.keys.sorted().joined(separator: ", "))."
            throw Problem(.queryInvalid, text, faults: [.init(.parameter("fields"), "parameter-invalid", text)])
        }
        names = Set(asked)
    }

    func trimming(_ job: Value) -> Value {
        guard let names, let members = job.map else { return job }
        return .map(members.filter { names.contains($0.key) })
    }
}
